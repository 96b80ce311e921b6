using System.Text;
using MalariaIncident.Engine.Kubernetes;
using MalariaIncident.Engine.Kubernetes.Health;

namespace Engine.Tests.Kubernetes.Health;

/// <summary>A table's cells are text for people; this is how they are read.</summary>
public sealed class TableTextTests
{
    [Theory]
    [InlineData("0s", 0)]
    [InlineData("45s", 45)]
    [InlineData("4m12s", 252)]
    [InlineData("3h5m", 11100)]
    [InlineData("2d4h", 187200)]
    [InlineData("9d", 777600)]
    [InlineData("2y34d", 66009600)]
    public void Ages_are_read(string text, double seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), KubernetesDuration.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("<unknown>")]
    [InlineData("<invalid>")]
    [InlineData("5")]
    [InlineData("m")]
    [InlineData("5w")]
    [InlineData("99999999999999999999s")]
    public void What_is_no_age_is_not_guessed(string text) => Assert.Null(KubernetesDuration.Parse(text));

    [Theory]
    [InlineData("250m", 0.25)]
    [InlineData("1234567n", 0.001234567)]
    [InlineData("2", 2)]
    [InlineData("1843Ki", 1887232)]
    [InlineData("1.5Gi", 1610612736)]
    public void Quantities_are_read(string text, double value) => Assert.Equal(value, KubernetesQuantity.Parse(text)!.Value, 9);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("many")]
    [InlineData("1Qi")]
    public void What_is_no_quantity_is_null(string? text) => Assert.Null(KubernetesQuantity.Parse(text));

    // Only RESTARTS gives an out-of-memory kill away: 1/1 Running says nothing.
    [Theory]
    [InlineData("1/1", "Running", "0", "9d", "Well")]
    [InlineData("1/1", "Running", "3 (2d ago)", "9d", "Well")]
    [InlineData("1/1", "Running", "3 (4m12s ago)", "9d", "Restarted")]
    [InlineData("0/1", "Running", "0", "9d", "NotReady")]
    [InlineData("1/2", "NotReady", "0", "9d", "NotReady")]
    [InlineData("0/1", "Running", "0", "20s", "Starting")]
    [InlineData("0/1", "Completed", "0", "9d", "Well")]
    [InlineData("0/1", "Pending", "0", "5s", "Starting")]
    [InlineData("0/1", "Pending", "0", "30s", "Stuck")]
    [InlineData("0/1", "ContainerCreating", "0", "30s", "Starting")]
    [InlineData("0/1", "ContainerCreating", "0", "10m", "Stuck")]
    [InlineData("0/2", "Init:0/2", "0", "10s", "Starting")]
    [InlineData("0/2", "Init:0/2", "0", "10m", "Stuck")]
    [InlineData("0/1", "Init:CrashLoopBackOff", "4 (10s ago)", "10m", "Faulty")]
    [InlineData("0/1", "CrashLoopBackOff", "5 (10s ago)", "10m", "Faulty")]
    [InlineData("0/1", "ImagePullBackOff", "0", "20s", "Faulty")]
    [InlineData("0/1", "ExitCode:137", "0", "10m", "Faulty")]
    [InlineData("0/1", "Evicted", "0", "10m", "Failed")]
    [InlineData("1/1", "Terminating", "0", "10m", "Terminating")]
    [InlineData("0/1", "SomethingNew", "0", "10m", "Unknown")]
    [InlineData("0/1", "", "0", "10m", "Unknown")]
    [InlineData("whole", "Running", "0", "9d", "NotReady")]
    public void A_row_is_judged_by_reasons_that_are_known_and_never_taken_for_well_by_others(string ready, string status, string restarts, string age, string verdict)
    {
        var row = PodRow.From(new TableRow(["p", ready, status, restarts, age, status == "Pending" ? "<none>" : "n"], null), "team");
        Assert.Equal(verdict, PodVerdicts.Judge(row, TimeSpan.FromHours(1)).ToString());
        Assert.Equal(verdict is "Well" or "Restarted", row.IsWell);
    }

    [Fact]
    public void Columns_are_found_by_name_whatever_their_order()
    {
        var table = Read("""{"kind":"Table","metadata":{},"columnDefinitions":[{"name":"Age"},{"name":"NAME","format":"name"}],"rows":[{"cells":["5d","a"],"object":null},{"object":{"metadata":{"name":"b","namespace":"n"},"kind":"PartialObjectMetadata"},"cells":[7,"b"]}]}""", "Name", "Age");
        Assert.Equal(["a", "5d"], table.Rows[0].Cells);
        Assert.Equal(["b", "7"], table.Rows[1].Cells);
        Assert.Equal([null, "n"], table.Rows.Select(row => row.Namespace));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"kind":"PodList","items":[]}""")]
    [InlineData("""{"kind":"Table","columnDefinitions":[{"name":"Other"}],"rows":[]}""")]
    [InlineData("""{"kind":"Table","rows":[{"cells":["a"]}]}""")]
    public void What_is_no_such_table_is_refused(string body) => Assert.Throws<ClusterNonsenseException>(() => Read(body, "Name"));

    [Fact]
    public void A_table_that_is_cut_off_is_never_taken_for_whole() =>
        Assert.ThrowsAny<System.Text.Json.JsonException>(() => Read("""{"kind":"Table","columnDefinitions":[{"name":"Name"}],"rows":[{"cells":["a"]},{"cel""", "Name"));

    private static ClusterTable Read(string body, params string[] columns) => ClusterTable.Read(Encoding.UTF8.GetBytes(body), columns);
}

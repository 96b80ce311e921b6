using System.Text.Json.Nodes;
using MalariaIncident.Engine.Kubernetes.Rollouts;

namespace Engine.Tests.Kubernetes.Rollouts;

/// <summary>"Running" is not "ready", and a pod that starts is not in trouble.</summary>
public sealed class PodTroubleTests
{
    private static PodTrouble? Of(string container, string conditions = "[]") => PodTrouble.Of((JsonObject)JsonNode.Parse(
        $$"""{"metadata":{"name":"api-1-x"},"status":{"phase":"Running","conditions":{{conditions}},"containerStatuses":[{"name":"api",{{container}} }]} }""")!);

    [Theory]
    [InlineData("""
        "ready":false,"restartCount":4,"state":{"waiting":{"reason":"CrashLoopBackOff","message":"back-off 40s"}},"lastState":{"terminated":{"exitCode":1,"reason":"Error"}}
        """, "api-1-x (api): CrashLoopBackOff, 4 restarts, exit code 1", true, true)]
    [InlineData("""
        "ready":false,"restartCount":1,"state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled"}}
        """, "api-1-x (api): CrashLoopBackOff, 1 restart, OOMKilled: the memory limit was reached", false, true)]
    [InlineData("""
        "ready":false,"restartCount":0,"state":{"waiting":{"reason":"ImagePullBackOff","message":"Back-off pulling image\u001b[2J"}}
        """, "api-1-x (api): ImagePullBackOff, Back-off pulling image", false, false)]
    [InlineData("""
        "ready":false,"restartCount":0,"state":{"waiting":{"reason":"InvalidImageName"}}
        """, "api-1-x (api): InvalidImageName", true, false)]
    [InlineData("""
        "ready":false,"restartCount":7,"state":{"running":{}},"lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled"}}
        """, "api-1-x (api): OOMKilled, 7 restarts, the memory limit was reached", false, true)]
    [InlineData("""
        "ready":false,"restartCount":7,"state":{"terminated":{"exitCode":1,"reason":"Error"}}
        """, "api-1-x (api): Error, 7 restarts, exit code 1", true, false)]
    public void What_keeps_it_from_serving_is_said_in_Kubernetes_own_words(string container, string words, bool final, bool previous)
    {
        var trouble = Of(container)!;
        Assert.Equal((words, final, previous), (trouble.InWords, trouble.Final, trouble.HasPrevious));
    }

    [Theory]
    [InlineData("""
        "ready":false,"restartCount":0,"state":{"running":{}}
        """, "[]")]
    [InlineData("""
        "ready":false,"restartCount":0,"state":{"waiting":{"reason":"ContainerCreating"}}
        """, "[]")]
    [InlineData("""
        "ready":true,"restartCount":7,"state":{"running":{}},"lastState":{"terminated":{"exitCode":1}}
        """, """[{"type":"Ready","status":"True"}]""")]
    public void A_pod_that_starts_or_serves_is_in_none(string container, string conditions) => Assert.Null(Of(container, conditions: conditions));

    [Fact]
    public void A_pod_without_a_node_says_what_the_scheduler_says()
        => Assert.Contains("Unschedulable, 0/3 nodes are available", PodTrouble.Of((JsonObject)JsonNode.Parse(
            """{"metadata":{"name":"p"},"status":{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"0/3 nodes are available"}]}}""")!)!.InWords);
}

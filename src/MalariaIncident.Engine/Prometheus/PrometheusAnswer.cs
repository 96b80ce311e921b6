using System.Globalization;
using System.Text.Json;
using MalariaIncident.Engine.Text;
using MalariaIncident.Engine.Web;

namespace MalariaIncident.Engine.Prometheus;

/// <summary>One series as it came.</summary>
internal sealed record AnsweredSeries(IReadOnlyDictionary<string, string> Labels, IReadOnlyList<MetricPoint> Points);

/// <summary>An answer of the query API, judged: the status, the body's own status, and whether it is Prometheus that answers.</summary>
internal sealed record PrometheusAnswer(IReadOnlyList<AnsweredSeries> Series, IReadOnlyList<string> Notes)
{
    private const int MostSeries = 2000;

    /// <summary>Metrics… failures, QueryInvalid.</summary>
    public static PrometheusAnswer Read(string server, WebAnswer answer)
    {
        if (answer.Failure is { } failure)
        {
            throw NoAnswer(server, failure, answer.Detail);
        }

        if (answer.StatusCode is 401 or 403)
        {
            throw new IncidentException(FailureKind.MetricsUnauthenticated, $"Prometheus {server} {answer.Detail}: it, or what stands before it, asks for credentials or refuses these.", server);
        }

        if (answer.IsPage)
        {
            throw new IncidentException(FailureKind.MetricsAnswerInvalid, $"Prometheus {server} {answer.Detail} with a web page: a proxy, a sign-in page or another program is in between.", server);
        }

        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("status", out var status) && status.ValueKind == JsonValueKind.String
                ? status.ValueEquals("success") && answer.IsSuccess ? Success(server, root) : throw Refused(server, answer, root)
                : throw Invalid(server, answer);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or IndexOutOfRangeException)
        {
            throw Invalid(server, answer);
        }
    }

    private static PrometheusAnswer Success(string server, JsonElement root)
    {
        var data = root.GetProperty("data");
        var result = data.GetProperty("result");
        var notes = Texts(root, "warnings").Concat(Texts(root, "infos")).ToList();
        List<AnsweredSeries> series = [];
        switch (data.GetProperty("resultType").GetString())
        {
            case "scalar":
                series.Add(new(new Dictionary<string, string>(StringComparer.Ordinal), [Point(result)]));
                break;
            case "vector" or "matrix":
                if (result.GetArrayLength() > MostSeries)
                {
                    throw new IncidentException(
                        FailureKind.MetricsRefused, $"The query has {result.GetArrayLength()} series, more than anyone reads ({MostSeries}).", server, advice: "Aggregate it with sum by (…), or take topk(20, …).");
                }

                series.AddRange(result.EnumerateArray().Select(one => One(one, notes)).OfType<AnsweredSeries>());
                break;
            default:
                throw new IncidentException(FailureKind.QueryInvalid, "The query yields a text, not numbers.", server, advice: "Ask for a vector or a scalar.");
        }

        return new(series, [.. notes.Distinct(StringComparer.Ordinal)]);
    }

    private static AnsweredSeries? One(JsonElement one, List<string> notes)
    {
        var labels = one.GetProperty("metric").EnumerateObject()
            .ToDictionary(label => PlainText.OneLine(label.Name, 200), label => PlainText.OneLine(label.Value.GetString(), 500), StringComparer.Ordinal);
        if (one.TryGetProperty("value", out var value))
        {
            return new(labels, [Point(value)]);
        }

        if (one.TryGetProperty("values", out var values))
        {
            return new(labels, [.. values.EnumerateArray().Select(Point)]);
        }

        notes.Add("A series of native histograms was left out: ask for a number of it, for example histogram_quantile(0.95, …).");
        return null;
    }

    private static MetricPoint Point(JsonElement pair) => new(
        DateTimeOffset.UnixEpoch.AddSeconds(pair[0].GetDouble()),
        pair[1].GetString() switch
        {
            "+Inf" or "Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            "NaN" => double.NaN,
            var text => double.Parse(text!, NumberStyles.Float, CultureInfo.InvariantCulture),
        });

    private static IEnumerable<string> Texts(JsonElement root, string name) =>
        root.TryGetProperty(name, out var texts) && texts.ValueKind == JsonValueKind.Array
            ? texts.EnumerateArray().Select(text => PlainText.OneLine(text.ToString(), 300)).ToList()
            : [];

    private static IncidentException Refused(string server, WebAnswer answer, JsonElement root)
    {
        var type = root.TryGetProperty("errorType", out var named) ? PlainText.OneLine(named.ToString(), 40) : "no reason";
        var said = root.TryGetProperty("error", out var error) ? PlainText.OneLine(error.ToString(), 300) : answer.Detail;
        return type switch
        {
            "bad_data" => new(FailureKind.QueryInvalid, $"Prometheus does not accept the query: {said}", server),
            "timeout" or "canceled" => new(FailureKind.MetricsTimeout, $"Prometheus {server} gave the query up: {said}", server),
            _ => new(FailureKind.MetricsRefused, $"Prometheus {server} could not answer ({type}): {said}", server),
        };
    }

    private static IncidentException Invalid(string server, WebAnswer answer) => answer.IsSuccess
        ? new(FailureKind.MetricsAnswerInvalid, $"Prometheus {server} {answer.Detail} with something that is no answer of its query API, or is cut off.", server)
        : answer.StatusCode is 404 or 405
            ? new(FailureKind.MetricsAnswerInvalid, $"There is no query API of Prometheus at {server}: it {answer.Detail}.", server)
            : new(FailureKind.MetricsRefused, $"Prometheus {server} {answer.Detail}.", server);

    private static IncidentException NoAnswer(string server, ProbeFailure failure, string detail) => new(
        failure switch
        {
            ProbeFailure.Timeout => FailureKind.MetricsTimeout,
            ProbeFailure.CertificateExpired or ProbeFailure.CertificateName or ProbeFailure.CertificateUntrusted => FailureKind.MetricsUntrusted,
            ProbeFailure.Redirect or ProbeFailure.Protocol => FailureKind.MetricsAnswerInvalid,
            ProbeFailure.BodyInvalid => FailureKind.MetricsRefused,
            _ => FailureKind.MetricsUnreachable,
        },
        $"Prometheus {server} {detail}.",
        server);
}

using System.Text;
using System.Text.Json.Nodes;

namespace MalariaIncident.Sandbox.Kubernetes.Requests;

/// <summary>
/// kubectl auth can-i sends its review as protobuf, whatever the server prefers. This reads that one message; every other body in
/// protobuf is refused. https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding
/// </summary>
internal static class ProtobufReview
{
    private static readonly byte[] Magic = "k8s\0"u8.ToArray();
    private static readonly string[] ResourceAttributes = ["namespace", "verb", "group", "version", "resource", "subresource", "name"];

    public static bool IsProtobuf(ReadOnlySpan<byte> body) => body.StartsWith(Magic);

    public static JsonObject Read(ReadOnlySpan<byte> body)
    {
        // runtime.Unknown { TypeMeta typeMeta = 1; bytes raw = 2; }
        var review = Field(body[Magic.Length..], 2);
        var spec = Field(review, 2);
        var result = new JsonObject();
        if (Field(spec, 1) is { Length: > 0 } resource) result["resourceAttributes"] = Texts(resource, ResourceAttributes);
        if (Field(spec, 2) is { Length: > 0 } other) result["nonResourceAttributes"] = Texts(other, ["path", "verb"]);
        return new() { ["spec"] = result };
    }

    private static JsonObject Texts(ReadOnlySpan<byte> message, string[] names)
    {
        var result = new JsonObject();
        for (var index = 0; index < names.Length; index++)
            if (Field(message, index + 1) is { Length: > 0 } text) result[names[index]] = Encoding.UTF8.GetString(text);
        return result;
    }

    /// <summary>A field of length-delimited type; empty where it is absent.</summary>
    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> message, int wanted)
    {
        while (message.Length > 0)
        {
            var tag = Number(ref message);
            var (field, type) = ((int)(tag >> 3), (int)(tag & 7));
            if (type == 0) Number(ref message);
            else if (type == 2)
            {
                var length = (int)Number(ref message);
                if (length < 0 || length > message.Length) throw ApiException.BadRequest("unexpected EOF");
                if (field == wanted) return message[..length];
                message = message[length..];
            }
            else throw ApiException.BadRequest($"proto: illegal wireType {type}");
        }
        return default;
    }

    private static ulong Number(ref ReadOnlySpan<byte> message)
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (message.Length == 0) throw ApiException.BadRequest("unexpected EOF");
            var part = message[0];
            message = message[1..];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80) return value;
        }
        throw ApiException.BadRequest("proto: integer overflow");
    }
}

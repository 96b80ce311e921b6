using System.Runtime.CompilerServices;
using System.Text;
using k8s;
using k8s.Models;

namespace MalariaIncident.Sandbox.Simulation;

/// <summary>Pod templates compared and named as the deployment controller does it.</summary>
internal static class PodTemplates
{
    public const string HashLabel = "pod-template-hash";
    // A typed object that is read and never changed keeps its identity; it is asked for in every round.
    private static readonly ConditionalWeakTable<V1PodTemplateSpec, string> Known = [];
    private const string Letters = "bcdfghjklmnpqrstvwxz2456789";

    /// <summary>The template's text without its hash label: equal texts are equal templates.</summary>
    public static string Identify(V1PodTemplateSpec template) => Known.GetValue(template, Write);

    private static string Write(V1PodTemplateSpec template)
    {
        var copy = Copy(template);
        copy.Metadata?.Labels?.Remove(HashLabel);
        return KubernetesJson.Serialize(copy);
    }

    public static string Hash(string identity)
    {
        // FNV-1a in 32 bits, written with the letters that cannot spell a word, as SafeEncodeString does.
        var hash = Encoding.UTF8.GetBytes(identity).Aggregate(2166136261u, (seed, value) => unchecked((seed ^ value) * 16777619u));
        return string.Concat(hash.ToString(System.Globalization.CultureInfo.InvariantCulture).Select(digit => Letters[digit % Letters.Length]));
    }

    public static V1PodTemplateSpec Copy(V1PodTemplateSpec template) => KubernetesJson.Deserialize<V1PodTemplateSpec>(KubernetesJson.Serialize(template));
}

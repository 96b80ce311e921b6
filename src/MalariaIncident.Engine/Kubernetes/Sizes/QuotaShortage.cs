using System.Text.Json.Nodes;
using MalariaIncident.Engine.Kubernetes.Rollouts;

namespace MalariaIncident.Engine.Kubernetes.Sizes;

/// <summary>A resource quota that does not allow what a change needs.</summary>
internal sealed record QuotaShortage(string Quota, string Resource, decimal Hard, decimal Used, decimal Needed)
{
    public string InWords =>
        $"resource quota {Quota} allows {Quantity.InWords(Resource, Hard)} of {Resource}, {Quantity.InWords(Resource, Used)} are used, and {Quantity.InWords(Resource, Needed)} more would be needed";

    /// <summary>How many more of these fit.</summary>
    public int Fits(decimal each) => each <= 0 ? int.MaxValue : (int)Math.Max(0, Math.Floor((Hard - Used) / each));

    /// <summary>The shortages of an additional need, by the quotas' own names of resources.</summary>
    public static IReadOnlyList<QuotaShortage> Of(IReadOnlyList<JsonObject> quotas, PodTemplate template, IReadOnlyDictionary<string, decimal> more)
    {
        var shortages = new List<QuotaShortage>();
        foreach (var quota in quotas.Where(quota => QuotaScopes.Count(quota, template)))
        {
            var used = ContainerNeeds.Amounts(quota.At("status", "used"));
            foreach (var (resource, hard) in ContainerNeeds.Amounts(quota.At("status", "hard") ?? quota.At("spec", "hard")))
            {
                var needed = more.GetValueOrDefault(resource);
                if (needed > 0 && used.GetValueOrDefault(resource) + needed > hard)
                {
                    shortages.Add(new QuotaShortage(quota.Text("metadata", "name") ?? "", resource, hard, used.GetValueOrDefault(resource), needed));
                }
            }
        }

        return shortages;
    }
}

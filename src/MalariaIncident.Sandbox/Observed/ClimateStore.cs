using System.Text.Json.Nodes;

namespace MalariaIncident.Sandbox.Observed;

/// <summary>Stands for the Copernicus store that ERA5 comes from: its catalogue answers, or does not.</summary>
internal sealed class ClimateStore : JsonServer
{
    public const string Catalogue = "/api/catalogue/v1/collections/reanalysis-era5-single-levels";

    public Uri Era5 => new(Address, Catalogue);
    public bool IsInMaintenance { get; set; }

    protected override Task<(int Status, JsonObject Body)> AnswerAsync(HttpContext http) => Task.FromResult<(int, JsonObject)>(
        IsInMaintenance ? (503, new() { ["title"] = "system maintenance" })
        : http.Request.Path == Catalogue ? (200, new() { ["id"] = "reanalysis-era5-single-levels" })
        : (404, new() { ["title"] = "not found" }));
}

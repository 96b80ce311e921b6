using System.Management.Automation;
using MalariaIncident;
using MalariaIncident.Engine.Text;

namespace Cmdlet.Tests.Module;

/// <summary>The engine's wildcards mean what PowerShell's mean.</summary>
public sealed class WildcardSpecs
{
    private const string InPatterns = "aAbcC019-^.\\]é***??[`";
    private const string InTexts = "aAbBcC0159-^.\\][*?`éÉ ";

    [Theory]
    [InlineData("INC-202[56]-*", "INC-2026-0001")]
    [InlineData("api-[a-c]", "api-B")]
    [InlineData("api-[a-c]", "api-d")]
    [InlineData("[]a]", "]")]
    [InlineData("[^a]", "^")]
    [InlineData("[a-]", "-")]
    [InlineData("[a`-c]", "b")]
    [InlineData("a`*", "a*")]
    [InlineData("a`*", "ab")]
    [InlineData("a`", "a`")]
    [InlineData("`", "")]
    [InlineData("a\\*", "a\\b")]
    [InlineData("", "")]
    [InlineData("*a*b*", "xxaxxbxx")]
    public void A_pattern_fits_what_it_fits_for_PowerShell(string pattern, string text) => Compare(pattern, text);

    [Theory]
    [InlineData("[a")]
    [InlineData("[]")]
    [InlineData("a[b`]")]
    [InlineData("[c-a]")]
    public void What_PowerShell_refuses_is_refused_here(string pattern)
    {
        Assert.Throws<WildcardPatternException>(() => new WildcardPattern(pattern, WildcardOptions.IgnoreCase).IsMatch("a"));
        Assert.Equal(FailureKind.ArgumentInvalid, Assert.Throws<IncidentException>(() => new Wildcard(pattern)).Kind);
    }

    [Fact]
    public void Random_patterns_fit_what_they_fit_for_PowerShell()
    {
        var random = new Random(20261130);
        var fitting = 0;
        for (var round = 0; round < 50_000; round++)
        {
            fitting += Compare(Word(random, InPatterns, 8), Word(random, InTexts, 8)) ? 1 : 0;
        }

        Assert.True(fitting > 1_000, $"Only {fitting} pairs fitted: they prove little.");
    }

    [Fact]
    public void A_text_that_is_looked_for_anywhere_is_taken_as_it_is()
    {
        Assert.True(Wildcard.Anywhere("[ERROR]").Matches("12:00 [error] it broke"));
        Assert.False(Wildcard.Anywhere("[ERROR]").Matches("12:00 E it broke"));
        Assert.True(Wildcard.Anywhere("a`").Matches("xA`x"));
    }

    private static bool Compare(string pattern, string text)
    {
        Assert.Equal(WildcardPattern.ContainsWildcardCharacters(pattern), Wildcard.IsPattern(pattern));
        bool? expected;
        try
        {
            expected = new WildcardPattern(pattern, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant).IsMatch(text);
        }
        catch (WildcardPatternException)
        {
            expected = null;
        }

        bool? found;
        try
        {
            found = Wildcard.Matches(pattern, text);
        }
        catch (IncidentException)
        {
            found = null;
        }

        Assert.True(expected == found, $"'{pattern}' on '{text}': PowerShell says {expected?.ToString() ?? "invalid"}, the engine {found?.ToString() ?? "invalid"}.");
        return found == true;
    }

    private static string Word(Random random, string alphabet, int longest) => string.Concat(Enumerable.Range(0, random.Next(longest + 1)).Select(_ => alphabet[random.Next(alphabet.Length)]));
}

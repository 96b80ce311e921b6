using MalariaIncident.Engine.Text;

namespace Engine.Tests.Text;

public sealed class AmountTests
{
    [Theory]
    [InlineData(0, "0 pods are")]
    [InlineData(1, "1 pod is")]
    [InlineData(2, "2 pods are")]
    public void A_number_its_noun_and_its_verb_agree(int count, string words) => Assert.Equal(words, Amount.Are(count, "pod"));

    [Fact]
    public void Nouns_that_do_not_take_an_s_say_their_other_form()
    {
        Assert.Equal("1 query", Amount.Of(1, "query", "queries"));
        Assert.Equal("3 queries", Amount.Of(3, "query", "queries"));
        Assert.Equal("fails", Amount.Word(1, "fails", "fail"));
    }
}

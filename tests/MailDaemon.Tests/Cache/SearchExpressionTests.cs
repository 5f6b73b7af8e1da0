using MailDaemon.Engine.Cache;

namespace MailDaemon.Tests.Cache;

public sealed class SearchExpressionTests
{
    [Theory]
    [InlineData("report", "(\"report\")")]
    [InlineData("Sales report", "(\"sales\" AND \"report\")")]
    [InlineData("\"sales report\" q3", "(\"sales report\" AND \"q3\")")]
    [InlineData("“sales report”", "(\"sales report\")")]
    [InlineData("「报价单」", "(\"报价 价单\")")]
    [InlineData("report -draft", "(\"report\") NOT (\"draft\")")]
    [InlineData("report -\"first draft\" -old", "(\"report\") NOT (\"first draft\" OR \"old\")")]
    [InlineData("report －draft", "(\"report\") NOT (\"draft\")")]
    [InlineData("follow-up", "(\"follow up\")")]
    [InlineData("report - draft", "(\"report\" AND \"draft\")")]
    [InlineData("价", "(\"价\"*)")]
    [InlineData("\"open end", "(\"open end\")")]
    [InlineData("ann@example.com", "(\"ann example com\")")]
    [InlineData("a\" OR \"b", "(\"a\" AND \"or\" AND \"b\")")]
    [InlineData("subject:x* NEAR(y) ^z", "(\"subject x\" AND \"near y\" AND \"z\")")]
    public void What_is_typed_becomes_an_expression_of_tokens(string query, string expression) => SearchExpression.Of(query).ShouldBe(expression);

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("-draft")]
    [InlineData("\"\" !? -")]
    public void Without_a_word_there_is_nothing_to_look_for(string query) => SearchExpression.Of(query).ShouldBeNull();

    [Fact]
    public void Words_beyond_the_most_are_left_out()
    {
        var expression = SearchExpression.Of(string.Join(' ', Enumerable.Range(0, 100).Select(i => $"w{i}")))!;

        expression.ShouldContain("\"w63\"");
        expression.ShouldNotContain("\"w64\"");
    }
}

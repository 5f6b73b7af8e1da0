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
    [InlineData("other:x* NEAR(y) ^z", "(\"other x\" AND \"near y\" AND \"z\")")]
    [InlineData("from:anna", "(sender : (\"anna\"*))")]
    [InlineData("from:\"anna schmidt\" valve", "(sender : (\"anna schmidt\"*) AND \"valve\")")]
    [InlineData("from: anna", "(sender : (\"anna\"*))")]
    [InlineData("From：张伟", "(sender : (\"张伟\"*))")]
    [InlineData("valve -from:anna -subject:\"old one\"", "(\"valve\") NOT (sender : (\"anna\"*) OR subject : (\"old one\"*))")]
    [InlineData("to:me subject:led filename:pdf", "(recipients : (\"me\"*) AND subject : (\"led\"*) AND attachments : (\"pdf\"*))")]
    [InlineData("valve is:unread -in:trash before:2026-01-31", "(\"valve\")")]
    [InlineData("\"from:anna\"", "(\"from anna\")")]
    [InlineData("https://a.example/x", "(\"https a example x\")")]
    [InlineData("re:angebot from:", "(\"re angebot\" AND \"from\")")]
    public void What_is_typed_becomes_an_expression_of_tokens(string query, string expression) => SearchExpression.Of(new SearchQuery { Text = query }).ShouldBe(expression);

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("-draft")]
    [InlineData("\"\" !? -")]
    public void Without_a_word_there_is_nothing_to_look_for(string query) => SearchExpression.Of(new SearchQuery { Text = query }).ShouldBeNull();

    [Theory]
    [InlineData("-draft -\"old one\"", "\"draft\" OR \"old one\"")]
    [InlineData("-from:anna", "sender : (\"anna\"*)")]
    [InlineData("report -draft", null)]
    [InlineData("", null)]
    public void Query_of_what_is_not_wanted_says_so(string query, string? expression) => SearchExpression.OnlyUnwanted(new SearchQuery { Text = query }).ShouldBe(expression);

    [Fact]
    public void Words_beyond_the_most_are_left_out()
    {
        var expression = SearchExpression.Of(new SearchQuery { Text = string.Join(' ', Enumerable.Range(0, 100).Select(i => $"w{i}")) })!;

        expression.ShouldContain("\"w63\"");
        expression.ShouldNotContain("\"w64\"");
    }

    [Theory]
    [InlineData("anna", null, null, "(sender : (\"anna\"*))")]
    [InlineData("anna@nordlicht.example", "me", null, "(sender : (\"anna nordlicht example\"*) AND recipients : (\"me\"*))")]
    [InlineData(null, null, "led \"60 x\"", "(subject : (\"led\"* AND \"60 x\"*))")]
    public void Fields_are_looked_for_in_their_columns_by_the_beginnings_of_words(string? from, string? to, string? subject, string expression) =>
        SearchExpression.Of(new SearchQuery { From = from, To = to, Subject = subject }).ShouldBe(expression);

    [Fact]
    public void Words_and_fields_must_all_be_there() =>
        SearchExpression.Of(new SearchQuery { Text = "valve -draft", From = "ann" }).ShouldBe("(\"valve\" AND sender : (\"ann\"*)) NOT (\"draft\")");

    [Fact]
    public void Field_without_a_word_finds_nothing()
    {
        SearchExpression.Of(new SearchQuery { Text = "valve", From = "!?" }).ShouldBeNull();
        SearchExpression.Of(new SearchQuery { Text = "valve from:!?" }).ShouldBeNull();
    }
}

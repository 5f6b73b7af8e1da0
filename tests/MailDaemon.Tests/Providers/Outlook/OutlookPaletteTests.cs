using MailDaemon.Engine.Labels;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Outlook;

namespace MailDaemon.Tests.Providers.Outlook;

/// <summary>Our colours and Outlook's.</summary>
public sealed class OutlookPaletteTests
{
    private static readonly string[] Words = ["red", "orange", "yellow", "green", "cyan", "blue", "indigo", "purple", "pink", "grey"];

    [Fact]
    public void Each_word_has_a_preset_of_its_own_and_comes_back()
    {
        Words.Select(OutlookPalette.Preset).Distinct(StringComparer.Ordinal).Count().ShouldBe(10);
        Words.Select(word => OutlookPalette.Color(OutlookPalette.Preset(word))).ShouldBe(Words);
    }

    [Fact]
    public void Each_preset_comes_back_from_its_colour_and_is_a_colour_of_ours()
    {
        for (var i = 0; i < 25; i++)
        {
            var color = OutlookPalette.Color($"preset{i}")!;
            OutlookPalette.Preset(color).ShouldBe($"preset{i}");
            LabelRules.Color(color).ShouldBe(color);
        }
    }

    [Theory]
    [InlineData("#ff0000", "preset16")]
    [InlineData("#000000", "preset14")]
    [InlineData("#5fbe7c", "preset4")]
    [InlineData("preset24", "preset24")]
    [InlineData("none", "none")]
    public void Other_colour_is_the_preset_that_is_most_like_it(string color, string preset) => OutlookPalette.Preset(color).ShouldBe(preset);

    [Theory]
    [InlineData("none")]
    [InlineData(null)]
    [InlineData("preset25")]
    public void No_colour_is_none_of_ours(string? preset) => OutlookPalette.Color(preset).ShouldBeNull();

    [Theory]
    [InlineData("preset25")]
    [InlineData("preset01")]
    [InlineData("blue")]
    [InlineData("")]
    public void What_is_no_preset_is_refused_and_the_values_are_named(string color) =>
        Should.Throw<MailException>(() => OutlookPalette.Require(color)).Message.ShouldBe("color must be none, or preset0 to preset24");

    [Fact]
    public void Preset_is_taken_in_any_case() => OutlookPalette.Require("Preset7").ShouldBe("preset7");
}

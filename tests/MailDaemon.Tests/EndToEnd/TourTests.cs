using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>
/// The tour in README.md: its <c>bash</c> blocks are run as they stand, in one shell, against a daemon with <c>--sandbox</c>. A reply that
/// is quoted beside a line, or in the comment line after it, has at least the members of the quotation, of the same kinds.
/// </summary>
public sealed partial class TourTests : IDisposable
{
    // curl, with each call's arguments and reply kept; a stream of events ends after two seconds.
    private const string Prelude =
        """
        mkdir calls quoted
        curl() {
          local n; n=$(ls calls | wc -l)
          n=$(printf %03d $((n / 2)))
          printf '%s' "$*" > calls/$n.args
          case " $* " in *" -skN "*) set -- --max-time 2 "$@" ;; esac
          command curl --max-time 60 "$@" > calls/$n.reply
          cat calls/$n.reply
        }
        quoted() { echo "$1 $(($(ls calls | wc -l) / 2 - 1))" >> quoted/list; }

        """;

    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Every_line_of_the_tour_does_what_stands_beside_it()
    {
        var lines = Tour(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md")));
        var quotes = new List<string>();
        var script = new StringBuilder(Prelude);
        foreach (var line in lines)
        {
            script.AppendLine(line);
            if (Quote().Match(line) is not { Success: true } quote)
                continue;
            script.AppendLine($"quoted {quotes.Count}");
            quotes.Add(quote.Groups[1].Value);
        }

        await using (var daemon = await DaemonProcess.StartAsync(Path.Combine(directory.Path, "data"), "--sandbox"))
        {
            var run = script.Replace("https://127.0.0.1:62000", daemon.Address.GetLeftPart(UriPartial.Authority)).ToString();
            await RunAsync(run, directory.Sub("tour"));
        }

        var calls = Directory.GetFiles(Path.Combine(directory.Path, "tour", "calls"), "*.args").Order(StringComparer.Ordinal).Select(Call.Read).ToList();
        calls.Count.ShouldBe(lines.Sum(l => CurlCall().Count(CommentAtEnd().Replace(l, ""))), "each curl of the tour has run");
        foreach (var call in calls)
            call.ShouldHaveGoneWell(Path.Combine(directory.Path, "tour"));
        var pairs = await File.ReadAllLinesAsync(Path.Combine(directory.Path, "tour", "quoted", "list"));
        pairs.Length.ShouldBe(quotes.Count);
        foreach (var pair in pairs.Select(p => p.Split(' ').Select(int.Parse).ToArray()))
            calls[pair[1]].ShouldLookLike(quotes[pair[0]]);
    }

    [Theory]
    [InlineData("""{"code":1,…,"result":{"a":[{…,"b":"…"}],"c":{…}}}""", """{"code":1,"msg":"","result":{"a":[{"b":"x","d":1}],"c":{"e":2}}}""", true)]
    [InlineData("""{"id":"l_9c…",…} and more""", """{"code":1,"result":{"id":"l_1","more":null}}""", true)]
    [InlineData("""{"id":"l_9c…"}""", """{"code":1,"result":{"key":"l_1"}}""", false)]
    [InlineData("""{"id":1}""", """{"code":1,"result":{"id":"1"}}""", false)]
    [InlineData("""{"list":[{"a":true}]}""", """{"code":1,"result":{"list":[]}}""", false)]
    [InlineData("""{"list":[{"a":true}]}""", """{"code":1,"result":{"list":[{"b":1},{"a":false}]}}""", true)]
    public void Quotation_is_compared_member_by_member(string quote, string reply, bool isLike)
    {
        var call = new Call("curl", reply);

        if (isLike)
            call.ShouldLookLike(quote);
        else
            Should.Throw<ShouldAssertException>(() => call.ShouldLookLike(quote));
    }

    private static List<string> Tour(string readme)
    {
        const string Heading = "## A tour with curl";
        var start = readme.IndexOf(Heading, StringComparison.Ordinal);
        var section = readme[start..readme.IndexOf("\n## ", start + Heading.Length, StringComparison.Ordinal)];
        return [.. Block().Matches(section).SelectMany(b => b.Groups["lines"].Value.Split('\n'))];
    }

    private static async Task RunAsync(string script, string place)
    {
        await File.WriteAllTextAsync(Path.Combine(place, "tour.sh"), script);
        var start = new ProcessStartInfo("bash", ["tour.sh"]) { WorkingDirectory = place, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(3));
        await output;
        (await errors).ShouldBe("");
    }

    [GeneratedRegex("```bash\n(?<lines>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Block();

    [GeneratedRegex(@"(?:^|\s)# (\{.*)$")]
    private static partial Regex Quote();

    [GeneratedRegex(@"(?:^|\s)#.*$")]
    private static partial Regex CommentAtEnd();

    [GeneratedRegex(@"\bcurl -")]
    private static partial Regex CurlCall();

    private sealed record Call(string Arguments, string Reply)
    {
        public static Call Read(string file) => new(File.ReadAllText(file), File.ReadAllText(Path.ChangeExtension(file, ".reply")));

        public void ShouldHaveGoneWell(string place)
        {
            if (Arguments.Contains("/metrics", StringComparison.Ordinal))
                Reply.ShouldStartWith("# HELP");
            else if (Arguments.Contains("/events", StringComparison.Ordinal))
                Reply.ShouldStartWith("retry:");
            else if (Arguments.Contains("-OJ", StringComparison.Ordinal))
                Directory.GetFiles(place).Length.ShouldBe(2, "the script and what was downloaded");
            else
                JsonDocument.Parse(Reply).RootElement.GetProperty("code").GetInt32().ShouldBe(1, $"{Arguments}\n{Reply}");
        }

        public void ShouldLookLike(string quote)
        {
            var expected = Parse(quote);
            var whole = JsonDocument.Parse(Reply).RootElement;
            var difference = Difference("reply", expected, expected.TryGetProperty("code", out _) ? whole : whole.GetProperty("result"));
            difference.ShouldBeNull($"{Arguments}\n{quote}\n{Reply}");
        }

        /// <summary>The first value in a text in which … stands for what is left out.</summary>
        private static JsonElement Parse(string quote)
        {
            var json = new StringBuilder();
            var inString = false;
            for (var i = 0; i < quote.Length; i++)
            {
                if (quote[i] == '"' && quote[i - 1] != '\\')
                    inString = !inString;
                if (inString || quote[i] != '…')
                    json.Append(quote[i]);
            }

            var text = json.ToString();
            foreach (var (left, kept) in new[] { (",,", ","), ("{,", "{"), ("[,", "["), (",}", "}"), (",]", "]") })
                text = text.Replace(left, kept, StringComparison.Ordinal);
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
            return JsonElement.ParseValue(ref reader);
        }

        private static string? Difference(string path, JsonElement expected, JsonElement found)
        {
            if (KindOf(expected) != KindOf(found))
                return $"{path} is {found.ValueKind}, not {expected.ValueKind}";
            if (expected.ValueKind == JsonValueKind.Array)
            {
                return expected.EnumerateArray().Select((e, i) => found.EnumerateArray().Any(f => Difference("", e, f) is null) ? null : $"{path}[{i}] is like none of them")
                    .FirstOrDefault(d => d is not null);
            }

            if (expected.ValueKind != JsonValueKind.Object)
                return null;
            return expected.EnumerateObject().Select(e => found.TryGetProperty(e.Name, out var f) ? Difference($"{path}.{e.Name}", e.Value, f) : $"{path}.{e.Name} is missing")
                .FirstOrDefault(d => d is not null);
        }

        private static JsonValueKind KindOf(JsonElement e) => e.ValueKind == JsonValueKind.False ? JsonValueKind.True : e.ValueKind;
    }
}

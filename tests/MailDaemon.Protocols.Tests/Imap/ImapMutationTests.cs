using System.Diagnostics;
using System.Text;
using MailDaemon.Protocols.Imap;
using MailDaemon.Protocols.Imap.Parsing;
using MailDaemon.Protocols.Net;
using Xunit.Abstractions;

namespace MailDaemon.Protocols.Tests.Imap;

/// <summary>Replies with bytes changed, cut, doubled and shifted at random (seeded): no other exception than the expected, and none slow.</summary>
public class ImapMutationTests(ITestOutputHelper output)
{
    private const int Rounds = 100_000;
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(20);
    private static readonly ImapLimits Limits = new() { MaxLineBytes = 100_000, MaxLiteralBytes = 100_000 };

    private static readonly ImapLimits Wide = new() { MaxLineBytes = 2_000_000 };

    private static readonly string[] Seeds =
    [
        "* 12 FETCH (FLAGS (\\Seen $Label) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE 4286 UID 77 MODSEQ (12121230956) X-GM-LABELS (\"\\\\Important\" &XfJT0ZAB-))\r\n",
        "* 1 FETCH (UID 5 BODY[HEADER.FIELDS (\"From\" to)] {6}\r\na)\r\nb( BODY[1]<0> \"x\\\"y\" BINARY[2] ~{3}\r\n\0\r\n BODY[3] NIL)\r\n",
        "* 1 FETCH (ENVELOPE (\"Wed, 17 Jul 1996 02:23:25 -0700\" \"s\" ((\"Terry\" NIL \"gray\" \"x\")) NIL NIL ((NIL NIL \"boys\" NIL)(NIL NIL NIL NIL)) NIL NIL \"<r>\" {3}\r\n<m>) UID 3)\r\n",
        "* 1 FETCH (UID 1 BODYSTRUCTURE ((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"utf-8\") NIL NIL \"7BIT\" 409 7 NIL (\"inline\" NIL) (\"a\" \"b\") \"l\")(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 9 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) ((\"a\" \"b\" NIL NIL NIL \"7bit\" 1) \"mixed\") 3) \"MIXED\" (\"BOUNDARY\" \"b\") NIL NIL))\r\n",
        "* LIST (\\HasNoChildren \\Sent) \"/\" \"&XfJT0ZAB-/a\\\"b\"\r\n* STATUS {3}\r\na b (MESSAGES 3 UIDNEXT 9 MAILBOXID (F1))\r\n",
        "* NAMESPACE ((\"\" \"/\")(\"#mh/\" \"/\" \"X-PARAM\" (\"FLAG1\"))) NIL ((\"x.\" \".\"))\r\n* ID (\"name\" \"x\" \"y\" NIL)\r\n",
        "* ESEARCH (TAG \"A2\") UID ALL 1:3,5,7:9 MODSEQ 1236\r\n* SEARCH 2 3 6 (MODSEQ 917162500)\r\n* VANISHED (EARLIER) 41,43:116\r\n",
        "* OK [PERMANENTFLAGS (a [css3-page] \\*)] x\r\nA1 OK [COPYUID 4 1:3 7:9] x\r\n+ go\r\n* 3 EXPUNGE\r\n* BYE [ALERT] x\r\n",
    ];

    [Fact]
    public async Task Mutated_replies_do_no_harm()
    {
        var random = new Random(20260101);
        var slowest = TimeSpan.Zero;
        var clock = Stopwatch.StartNew();
        var round = 0;
        for (; round < Rounds && clock.Elapsed < Budget; round++)
        {
            var text = Mutate(Seeds[random.Next(Seeds.Length)], random);
            var begin = clock.Elapsed;

            await ReadAllAsync(text);

            slowest = clock.Elapsed - begin > slowest ? clock.Elapsed - begin : slowest;
        }

        output.WriteLine($"{round} mutations in {clock.Elapsed.TotalSeconds:0.0} s, the slowest {slowest.TotalMilliseconds:0} ms");
        round.ShouldBeGreaterThan(10_000);
        slowest.ShouldBeLessThan(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Time_grows_with_the_length_of_oddities_and_not_faster()
    {
        string[] units =
        [
            "(", "((", "(\"a\" ", "(\"a\" \"b\" ", "((\"a\" \"b\" NIL NIL NIL \"7bit\" 1)", "(NIL ", "\"\"\"\" ", "a[ ", "\"\\a\" ", "BODY[ ", "((\"\\\\\" ",
            "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 9 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) ",
        ];
        var slow = new List<string>();
        foreach (var unit in units)
        {
            foreach (var item in new[] { "BODYSTRUCTURE", "ENVELOPE", "FLAGS", "X-FOO", "X-FOO (", "BODY[1]" })
            {
                // Eight times the length may take eight times as long; sixty-four would be the square. A busy machine gets three tries.
                var isLinear = false;
                for (var attempt = 0; attempt < 3 && !isLinear; attempt++)
                {
                    var small = await TimeAsync(unit, item, 50_000);
                    isLinear = await TimeAsync(unit, item, 400_000) < (small * 24) + TimeSpan.FromMilliseconds(50);
                }

                slow.AddRange(isLinear ? [] : [$"{item} {unit}"]);
            }
        }

        slow.ShouldBeEmpty();
    }

    private static async Task<TimeSpan> TimeAsync(string unit, string item, int length)
    {
        var text = $"* 1 FETCH (UID 1 {item} {string.Concat(Enumerable.Repeat(unit, length / unit.Length))})\r\n";
        var clock = Stopwatch.StartNew();
        await ReadAllAsync(text, Wide);
        return clock.Elapsed;
    }

    private static async Task ReadAllAsync(string text, ImapLimits? limits = null)
    {
        var reader = ImapTalk.Reader(text, limits ?? Limits);
        try
        {
            while (true)
            {
                Read(await reader.ReadAsync(default));
            }
        }
        catch (Exception e) when (e is WireException or ImapException)
        {
            // The bytes are at their end, or over a limit.
        }
    }

    private static void Read(ImapReply reply)
    {
        try
        {
            switch (reply.Name)
            {
                case DataName.Fetch:
                    FetchParser.Read(reply, Limits);
                    break;
                case DataName.List:
                    MailboxParser.ReadListing(reply, Limits, new MailboxNames(), isUtf8: false, tellsSubscription: true);
                    break;
                case DataName.Status:
                    MailboxParser.ReadStatus(reply, Limits, new MailboxNames(), isUtf8: false);
                    break;
                case DataName.Namespace:
                    MailboxParser.ReadNamespace(reply, Limits);
                    break;
                case DataName.Search:
                    SearchParser.ReadNumbers(reply);
                    break;
                case DataName.ESearch:
                    SearchParser.ReadExtended(reply, Limits);
                    break;
            }

            if (reply.Status != StatusKind.None)
            {
                var status = reply.ReadStatus();
                status.ReadCopyUid();
                status.ReadAppendUid();
                status.ReadUidSet();
            }
        }
        catch (ImapSyntaxException)
        {
            // Told as such.
        }
    }

    private static string Mutate(string seed, Random random)
    {
        const string Spice = "()\"\\{}[]<> \r\n0129~+-*NIL\0\u00ff,:";
        var text = new StringBuilder(seed);
        for (var i = random.Next(1, 6); i > 0 && text.Length > 1; i--)
        {
            var at = random.Next(text.Length);
            switch (random.Next(6))
            {
                case 0:
                    text[at] = Spice[random.Next(Spice.Length)];
                    break;
                case 1:
                    text.Insert(at, Spice[random.Next(Spice.Length)]);
                    break;
                case 2:
                    text.Remove(at, Math.Min(random.Next(1, 9), text.Length - at));
                    break;
                case 3:
                    text.Insert(at, text.ToString(at, Math.Min(random.Next(1, 30), text.Length - at)));
                    break;
                case 4:
                    text[at] = (char)random.Next(256);
                    break;
                default:
                    text.Length = at + 1;
                    text.Append("\r\n");
                    break;
            }
        }

        return text.ToString();
    }
}

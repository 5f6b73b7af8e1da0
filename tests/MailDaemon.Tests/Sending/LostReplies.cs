using System.Globalization;
using System.Text;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Sending;

/// <summary>
/// Mails that are sent while the service's answers are lost: eight at once, each under a key that stands in its subject too, then without
/// faults until each of them is settled.
/// </summary>
/// <param name="attachment">The size in bytes of what is attached to the mail of a number; 0 for none.</param>
internal sealed class LostReplies(DaemonApp app, string provider, string email, Func<int, int> attachment)
{
    public const int AtOnce = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <param name="arm">Makes things go wrong for the eight mails of a round.</param>
    /// <param name="calm">Ends that.</param>
    /// <returns>The last state of each mail, by its key.</returns>
    public async Task<IReadOnlyDictionary<string, string>> SendAsync(int mails, Action<int> arm, Action calm)
    {
        var states = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var sent = 0; sent < mails; sent += AtOnce)
        {
            calm();
            arm(sent / AtOnce);
            var numbers = Enumerable.Range(sent, Math.Min(AtOnce, mails - sent)).ToList();
            await Task.WhenAll(numbers.Select(SendAsync));
            calm();
            foreach (var number in numbers)
                states[KeyOf(number)] = await SettledAsync(number);
        }

        return states;
    }

    /// <summary>Each mail arrived at most once and is filed as often, one that is called sent did arrive, and none is called failed.</summary>
    public static void Check(IReadOnlyDictionary<string, string> states, IEnumerable<ReadOnlyMemory<byte>> filed, IEnumerable<ReadOnlyMemory<byte>> delivered)
    {
        var (copies, arrivals) = (Subjects(filed), Subjects(delivered));
        foreach (var (key, state) in states)
        {
            var arrived = arrivals.GetValueOrDefault(key);
            state.ShouldBeOneOf(["sent", "uncertain"], $"{key}: {arrived} arrived");
            copies.GetValueOrDefault(key).ShouldBe(arrived, $"{key} is {state}");
            arrived.ShouldBeInRange(state == "sent" ? 1 : 0, 1, $"{key} is {state}");
        }

        states.Values.Count(state => state == "sent").ShouldBeGreaterThan(states.Count / 2);
    }

    /// <summary>How often there is a mail, by its key.</summary>
    public static IReadOnlyDictionary<string, int> Subjects(IEnumerable<ReadOnlyMemory<byte>> mails)
    {
        const string Subject = "Subject: mail ";
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var raw in mails)
        {
            var header = Encoding.UTF8.GetString(raw.Span[..Math.Min(raw.Length, 4_096)]);
            var start = header.IndexOf(Subject, StringComparison.Ordinal) + Subject.Length;
            var key = header[start..header.IndexOf("\r\n", start, StringComparison.Ordinal)];
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        return counts;
    }

    private static string KeyOf(int number) => number.ToString("00000", CultureInfo.InvariantCulture);

    private Task<Reply> SendAsync(int number)
    {
        var key = KeyOf(number);
        var size = attachment(number);
        var files = size > 0 ? new[] { new { filename = "large.bin", content = Convert.ToBase64String(new byte[size]) } } : [];
        return app.PostAsync(
            $"/api/{provider}/send",
            new { email, toRecipients = new[] { new { address = "tom@sandbox.test" } }, subject = $"mail {key}", body = $"text of {key}", attachments = files },
            ("Idempotency-Key", key));
    }

    private async Task<string> SettledAsync(int number)
    {
        var state = "";
        await Eventually.UntilAsync(
            async () =>
            {
                var reply = await SendAsync(number);
                reply.Status.ShouldBeOneOf([200, 202], $"{KeyOf(number)}: {reply.Text}");
                return (state = reply.Result.GetProperty("status").GetString()!) != "queued";
            },
            $"{KeyOf(number)} is settled",
            Patience);
        return state;
    }
}

using System.Diagnostics;
using MailDaemon.Protocols.Mime;
using Xunit.Abstractions;

namespace MailDaemon.Protocols.Tests.Mime;

public sealed class MimeFuzzTests(ITestOutputHelper output)
{
    private const int Inputs = 100_000;

    /// <summary>Set <c>MAILDAEMON_FUZZ_SECONDS=3600</c> to try all of the inputs.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(int.TryParse(Environment.GetEnvironmentVariable("MAILDAEMON_FUZZ_SECONDS"), out var seconds) ? seconds : 20);

    private static readonly string[] Tokens =
    [
        "--", "\r\n", "\n", "\r", "\0", "=?", "?=", "=?utf-8?B?", "\"", "<", ">", "(", ")", ";", ":", ",", "*0*=", "''", "%", "=", "boundary=", "--b--\r\n",
        "Content-Type: multipart/mixed; boundary=b\r\n", "Content-Type: message/rfc822\r\n\r\n", "Content-Transfer-Encoding: base64\r\n", "charset=iso-2022-jp",
        "\u001b$B", "+/v8-", "charset=utf-7", "Date: 31 Feb 99999 99:99 +9999\r\n", "begin 644 x\r\n", "\uD83D\uDE00",
    ];

    private static readonly string[] OwnSeeds =
    [
        "From: =?utf-8?B?5L2g5aW9?= <a@example.org>\r\nTo: x: a@b, \"c\" <d@e>;\r\nDate: Mon, 1 Jan 2024 00:00:00 +0800\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
            "--b\r\nContent-Type: text/plain; charset=gbk; format=flowed\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=C4=E3=BA=C3 =\r\n\r\n" +
            "--b\r\nContent-Disposition: attachment; filename*0*=utf-8''%E4%BD; filename*1*=%A0.txt\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n--b--\r\n",
    ];

    /// <summary>Stops early on a slow machine; where it stops is no part of what is tested.</summary>
    [Fact]
    public void Mutated_messages_are_parsed_without_exception()
    {
        var random = new Random(20240607);
        var seeds = OwnSeeds.Select(Mail.Bytes).Concat(CorpusSeeds()).ToArray();
        var watch = Stopwatch.StartNew();
        var done = 0;
        for (; done < Inputs && watch.Elapsed < Limit; done++)
        {
            var input = Mutate(seeds[random.Next(seeds.Length)], seeds, random);
            try
            {
                var message = MimeParser.Parse(input);
                MimeFacts.ReadEverything(message);
                message.Root.Raw.Length.ShouldBeLessThanOrEqualTo(input.Length);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Input {done}: {Convert.ToBase64String(input)}", exception);
            }
        }

        output.WriteLine($"{done} inputs from {seeds.Length} messages");
        done.ShouldBeGreaterThan(100);
    }

    private static IEnumerable<byte[]> CorpusSeeds() => MimeCorpus.Root is null
        ? []
        : MimeCorpus.MessageNames().Select(MimeCorpus.Read).Where(message => message.Length < 4000);

    private static byte[] Mutate(byte[] seed, byte[][] seeds, Random random)
    {
        var bytes = seed.ToList();
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            var at = random.Next(bytes.Count + 1);
            switch (random.Next(5))
            {
                case 0 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, Mail.Bytes(Tokens[random.Next(Tokens.Length)]));
                    break;
                case 3:
                    var length = Math.Min(random.Next(1, 400), bytes.Count - at);
                    bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, length));
                    break;
                default:
                    var other = seeds[random.Next(seeds.Length)];
                    var from = random.Next(other.Length + 1);
                    bytes.InsertRange(at, other.AsSpan(from, Math.Min(random.Next(200), other.Length - from)).ToArray());
                    break;
            }
        }

        return [.. bytes];
    }
}

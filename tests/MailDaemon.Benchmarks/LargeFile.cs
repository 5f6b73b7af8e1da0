using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MailDaemon.Sandbox;

namespace MailDaemon.Benchmarks;

/// <summary>An attachment of 20 MB, read and sent: the daemon's memory must not grow with it.</summary>
internal static class LargeFile
{
    private const int Megabytes = 20;
    private const string FileName = "large.bin";
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(5);

    /// <summary>A mail that has it.</summary>
    public static byte[] Mail() => Encoding.ASCII.GetBytes(
        "From: a@mail.test\r\nTo: b@mail.test\r\nSubject: large\r\nMessage-ID: <large@mail.test>\r\nDate: Mon, 05 Jan 2026 08:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\ntext\r\n"
        + $"--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename={FileName}\r\n\r\n{Convert.ToBase64String(Bytes(), Base64FormattingOptions.InsertLineBreaks)}\r\n--b--\r\n");

    /// <summary>Signs in; of the mailbox the newest message is <see cref="Mail"/>.</summary>
    public static async Task MeasureAsync(SandboxServers servers, SandboxDaemon daemon)
    {
        var bytes = Bytes();
        await daemon.SignInAsync();
        var key = (await daemon.ListAsync(0, 1)).GetProperty("messages")[0].GetProperty("key").GetString();
        var attachment = (await daemon.SendAsync(HttpMethod.Get, $"/api/{daemon.Provider}/messages/{key}")).GetProperty("attachments")[0].GetProperty("id").GetString();
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(daemon.Data, "downloads")).FullName, FileName);
        await File.WriteAllBytesAsync(path, bytes);

        await MeasureAsync(daemon, "read", async () =>
        {
            await using var body = await daemon.StreamAsync($"/api/attachments?key={key}&attachmentId={Uri.EscapeDataString(attachment!)}");
            Require((await SHA256.HashDataAsync(body)).AsSpan().SequenceEqual(SHA256.HashData(bytes)), "other bytes came");
        });
        await MeasureAsync(daemon, "sent from a file", async () =>
        {
            var sent = await daemon.SendAsync(HttpMethod.Post, $"/api/{daemon.Provider}/send", new
            {
                email = daemon.Email, toRecipients = new[] { new { address = "tom@sandbox.test" } }, subject = "large", body = "text", attachments = new[] { new { filename = FileName, path } },
            });
            Require(sent.GetProperty("status").GetString() == "sent" && servers.Accepted[^1].Raw.Length > Megabytes * 1.3 * (1 << 20), $"less was sent than there is: {sent}");
        });
    }

    private static async Task MeasureAsync(SandboxDaemon daemon, string work, Func<Task> run)
    {
        await Task.Delay(TimeSpan.FromSeconds(1));
        ProcessMemory.ForgetMost(daemon.Id);
        var (before, own, since) = (ProcessMemory.Read(daemon.Id).Now, ProcessMemory.ReadOwn(daemon.Id), Stopwatch.GetTimestamp());
        var mostOwn = own;
        var running = run();
        while (await Task.WhenAny(running, Task.Delay(Glance)) != running)
            mostOwn = Math.Max(mostOwn, ProcessMemory.ReadOwn(daemon.Id));
        await running;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Megabytes} MB {work}: {Report.Megabytes(ProcessMemory.Read(daemon.Id).Most - before)} more memory, {Report.Megabytes(mostOwn - own)} without mapped files, {Report.Seconds(Stopwatch.GetElapsedTime(since).TotalSeconds)}"));
    }

    private static byte[] Bytes()
    {
        var bytes = new byte[Megabytes << 20];
        new Random(Megabytes).NextBytes(bytes);
        return bytes;
    }

    private static void Require(bool isSo, string what)
    {
        if (!isSo)
            throw new InvalidOperationException(what);
    }
}

using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Okki;

/// <summary>
/// The CRM by a command in the style of <c>okki.py</c>, with JSON on its standard output: <c>company list -k WORD</c> and
/// <c>trail add --company-id ID --type TYPE --content TEXT</c>. Runs without a shell, 60 s at most. One at a time.
/// </summary>
internal sealed class OkkiCommand(OkkiSettings settings, OkkiPace pace) : ICrm
{
    private const int MostOutput = 8 * 1024 * 1024;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    public async Task<IReadOnlyList<CrmHit>> FindAsync(CrmField field, string word, CancellationToken ct)
    {
        // It would be taken for an option.
        if (word.StartsWith('-'))
            return [];
        return CrmReading.Hits(Data(await RunAsync(["company", "list", "-k", word], ct)));
    }

    /// <summary>The command tells no contacts: what it finds by a domain is taken for a partial hit.</summary>
    public Task<CrmCompany?> ShowAsync(long companyId, CancellationToken ct) => Task.FromResult<CrmCompany?>(null);

    public Task<CrmPage> ListAsync(int page, DateOnly? since, CancellationToken ct) =>
        throw MailException.Conflict("okki_no_mirror", "With Okki:Mode cli customers are not mirrored; the command looks for them.");

    public Task<IReadOnlyList<string>> UsersAsync(CancellationToken ct) => throw MailException.Conflict("okki_no_mirror", "With Okki:Mode cli users are not mirrored.");

    public async Task<long> PushAsync(long companyId, int remarkType, string content, CancellationToken ct)
    {
        var answer = await RunAsync(
            ["trail", "add", "--company-id", companyId.ToString(CultureInfo.InvariantCulture), "--type", remarkType.ToString(CultureInfo.InvariantCulture), "--content", content], ct);
        return PhpJson.Number(Data(answer), "trail_id") ?? PhpJson.Number(answer, "trail_id") ?? throw new MailException(MailFault.Timeout, "okki_unanswered", "The command did not tell the record's id.");
    }

    public Task<CrmTrailList> TrailsAsync(long companyId, DateTimeOffset since, CancellationToken ct) =>
        throw MailException.Conflict("okki_no_read_back", "With Okki:Mode cli it cannot be looked up whether a record was written. Look in the CRM.");

    private async Task<JsonElement> RunAsync(string[] arguments, CancellationToken ct)
    {
        settings.RequireConfigured();
        var options = settings.Current;
        await pace.WaitAsync(options.RequestsPerSecond, ct);
        var words = options.Command!.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var start = new ProcessStartInfo(words[0], [.. words.Skip(1), .. arguments]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardInput = true, StandardOutputEncoding = Encoding.UTF8 };
        using var process = Start(start);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Longest);
        try
        {
            process.StandardInput.Close();
            var output = await ReadAsync(process.StandardOutput, limit.Token);
            await process.WaitForExitAsync(limit.Token);
            if (process.ExitCode != 0)
                throw new MailException(MailFault.Timeout, "okki_unanswered", $"The command ended with {process.ExitCode}; whether it did its work is not known.");
            return JsonDocument.Parse(output).RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new MailException(MailFault.Timeout, "okki_unanswered", "The command did not answer in JSON.", e);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new MailException(MailFault.Timeout, "okki_unanswered", "The command did not end within a minute.", e);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new MailException(MailFault.Unreachable, "okki_unreachable", "Okki:Command cannot be run.", e);
        }
    }

    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken ct)
    {
        var text = new StringBuilder();
        var buffer = new char[16 * 1024];
        for (var count = await reader.ReadAsync(buffer, ct); count > 0 && text.Length < MostOutput; count = await reader.ReadAsync(buffer, ct))
            text.Append(buffer, 0, count);
        return text.ToString();
    }

    private static JsonElement Data(JsonElement answer) => PhpJson.Member(answer, "data") ?? answer;
}

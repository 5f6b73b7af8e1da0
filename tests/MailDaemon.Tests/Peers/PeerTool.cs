using System.Diagnostics;

namespace MailDaemon.Tests.Peers;

/// <summary>Runs a command-line tool to its end.</summary>
internal static class PeerTool
{
    /// <returns>Its standard output.</returns>
    /// <exception cref="PeerToolException">It ended with another code than 0.</exception>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, byte[]? input, CancellationToken ct)
    {
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(ct);
            var error = process.StandardError.ReadToEndAsync(ct);
            await FeedAsync(process, input, ct);
            await process.WaitForExitAsync(ct);
            if (process.ExitCode != 0) throw new PeerToolException(program, process.ExitCode, await error, await output);
            return await output;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static async Task FeedAsync(Process process, byte[]? input, CancellationToken ct)
    {
        try
        {
            await using var stdin = process.StandardInput.BaseStream;
            await stdin.WriteAsync(input ?? [], ct);
        }
        catch (IOException)
        {
            // It ended before it read everything; its exit code says why.
        }
    }
}

/// <summary>A tool failed; <see cref="ExitCode"/> is its own.</summary>
public sealed class PeerToolException(string program, int exitCode, string error, string output)
    : Exception($"{Path.GetFileName(program)} ended with {exitCode}: {error}{output}")
{
    public int ExitCode { get; } = exitCode;

    public string Error { get; } = error;
}

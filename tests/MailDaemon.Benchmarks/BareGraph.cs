using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using MailDaemon.Engine.Providers.Outlook;
using Microsoft.Graph;
using Microsoft.Graph.Models;
using Microsoft.Kiota.Abstractions;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Abstractions.Serialization;
using FolderPage = Microsoft.Graph.Me.MailFolders.Delta.DeltaGetResponse;
using MessagePage = Microsoft.Graph.Me.MailFolders.Item.Messages.Delta.DeltaGetResponse;
using Process = System.Diagnostics.Process;

namespace MailDaemon.Benchmarks;

/// <summary>
/// The SDK alone: all folders and all messages by delta queries and its PageIterator, which keeps nothing. A delta tells neither attachments nor
/// sizes, and this does not ask for them. <c>graph address</c> with an access token as its input, in a process of its own.
/// </summary>
internal static class BareGraph
{
    private const string Prefer = "IdType=\"ImmutableId\", odata.maxpagesize=50";

    /// <summary>Starts it and waits for its end.</summary>
    /// <returns>Messages, seconds, seconds of a processor, and bytes held at most.</returns>
    public static async Task<(int Messages, double Seconds, double Processor, long Memory)> MeasureAsync(string address, string token)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [typeof(BareGraph).Assembly.Location, "graph", address]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteLineAsync(token);
        var line = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return line.Split(' ') is [var messages, var seconds, var processor, var memory]
            ? (int.Parse(messages, CultureInfo.InvariantCulture), double.Parse(seconds, CultureInfo.InvariantCulture), double.Parse(processor, CultureInfo.InvariantCulture), long.Parse(memory, CultureInfo.InvariantCulture))
            : throw new InvalidOperationException("the SDK alone failed");
    }

    public static async Task RunAsync(string address)
    {
        using var http = GraphClientFactory.Create();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await Console.In.ReadLineAsync());
        using var client = new GraphServiceClient(http, new AnonymousAuthenticationProvider(), address);
        var (since, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var folders = new List<string>();
        var messages = 0;
        await EachAsync<MailFolder, FolderPage>(client, await client.Me.MailFolders.Delta.GetAsDeltaGetResponseAsync(), folder => folders.Add(folder.Id!));
        foreach (var folder in folders)
        {
            var first = await client.Me.MailFolders[folder].Messages.Delta.GetAsDeltaGetResponseAsync(request =>
            {
                (request.QueryParameters.Select, request.QueryParameters.Orderby) = (OutlookMessages.Selected, ["receivedDateTime desc"]);
                request.Headers.Add("Prefer", Prefer);
            });
            await EachAsync<Message, MessagePage>(client, first, _ => messages++);
        }

        var took = Stopwatch.GetElapsedTime(since).TotalSeconds;
        Console.Write(string.Create(CultureInfo.InvariantCulture, $"{messages} {took} {(Environment.CpuUsage.TotalTime - processor).TotalSeconds} {ProcessMemory.Read(Environment.ProcessId).Most}"));
    }

    private static Task EachAsync<T, TPage>(GraphServiceClient client, TPage? first, Action<T> take)
        where TPage : IParsable, IAdditionalDataHolder, new()
    {
        return PageIterator<T, TPage>.CreatePageIterator(client.RequestAdapter, first!, Take, Sized).IterateAsync();

        bool Take(T item)
        {
            take(item);
            return true;
        }
    }

    private static RequestInformation Sized(RequestInformation request)
    {
        request.Headers.Add("Prefer", Prefer);
        return request;
    }
}

using System.Globalization;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers;

namespace MailDaemon.Engine.Sync;

/// <summary>
/// Holds an account's cache against its server and names what differs. Changes nothing. What is on its way between the two while we look
/// is no difference: a folder that differs is looked at twice, and what counts is what was seen both times.
/// </summary>
public sealed class SyncVerify(MailCaches caches, MailProviders providers, TimeProvider time)
{
    /// <summary>Differences that are listed, and remembered between two looks at a folder.</summary>
    private const int Most = 1_000;

    /// <summary>A write of ours, or the pass that a push started, is through by then.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(500);

    /// <exception cref="MailException">The account as a whole could not be read; a folder that fails says so by itself.</exception>
    public async Task<SyncProof> RunAsync(Account account, CancellationToken ct)
    {
        var provider = providers.For(account);
        var cache = caches.Open(account.Key);
        var state = await provider.ReadStateAsync(ct);
        var onServer = state.Folders.Where(f => f.IsSelectable && account.Settings.Wants(f)).ToDictionary(f => f.Path, StringComparer.Ordinal);
        var proofs = new List<FolderProof>();
        var differences = new List<SyncDifference>();
        foreach (var scope in onServer.Keys.Select(provider.ScopeOf).Distinct(StringComparer.Ordinal))
        {
            var (proof, found) = await CompareTwiceAsync(provider, cache, scope, ct);
            proofs.AddRange(proof);
            differences.AddRange(found.Take(Most - differences.Count));
        }

        if (state.IsComplete)
        {
            foreach (var gone in await GoneAsync(provider, cache, account, state, ct))
            {
                proofs.Add(new FolderProof(gone.Folder.Path, null, gone.Total, IsComplete: true, Differences: 1, Error: null));
                differences.AddRange(new[] { new SyncDifference(gone.Folder.Path, null, null, "folder_missing_on_server", Count(gone.Total), null) }.Take(Most - differences.Count));
            }
        }

        return new SyncProof
        {
            Provider = account.Key.Provider.Name(),
            Email = account.Email,
            Verified = proofs.TrueForAll(p => p is { Differences: 0, Error: null }),
            IsComplete = proofs.TrueForAll(p => p.IsComplete),
            Folders = proofs,
            Differences = differences,
            Total = proofs.Sum(p => p.Differences),
        };
    }

    private async Task<(IReadOnlyList<FolderProof> Proofs, IReadOnlyList<SyncDifference> Differences)> CompareTwiceAsync(
        IMailProvider provider, MailCache cache, string path, CancellationToken ct)
    {
        try
        {
            var first = await CompareAsync(provider, cache, path, ct);
            if (first.Count == 0)
            {
                return (first.Proofs(cache), []);
            }

            await Task.Delay(Settling, time, ct);
            var second = await CompareAsync(provider, cache, path, ct);
            second.KeepThoseOf(first);
            return (second.Proofs(cache), second.Listed);
        }
        catch (MailException e) when (e.Code == "folder_not_found")
        {
            // Listed and yet not there: nothing of it may be in the cache.
            var cached = Cached(cache, path)?.Total ?? 0;
            IReadOnlyList<SyncDifference> gone = cached == 0 ? [] : [new SyncDifference(path, null, null, "folder_missing_on_server", Count(cached), null)];
            return ([new FolderProof(path, null, cached, IsComplete: true, gone.Count, Error: null)], gone);
        }
        catch (MailException e) when (e.Fault is MailFault.Refused or MailFault.NotFound && e.Code is not ("connection_lost" or "account_not_found"))
        {
            return ([.. FoldersOf(cache, path).Select(f => new FolderProof(f.Folder.Path, null, f.Total, IsComplete: false, Differences: 0, e.Message))], []);
        }
    }

    private static async Task<Look> CompareAsync(IMailProvider provider, MailCache cache, string path, CancellationToken ct)
    {
        var look = new Look(path, cache.Account.Provider);
        if (path.Length > 0 && Cached(cache, path) is null)
        {
            look.Add(null, "folder_missing_in_cache", null, path);
        }

        var rows = 0;
        var refused = cache.Refused().Where(r => r.Folder == path).ToDictionary(r => r.Id, r => r.Reason, StringComparer.Ordinal);
        await foreach (var stretch in provider.ReadHoldingsAsync(path, cache.Cursor(path), ct))
        {
            (look.Standing, look.Server) = (stretch.Standing, stretch.Total);
            if (stretch.ToUid >= stretch.FromUid)
            {
                var known = cache.Known(path, stretch.FromUid, stretch.ToUid);
                rows += known.Count;
                Compare(look, stretch.Messages, known, refused);
            }
        }

        look.Cached = FoldersOf(cache, path).Sum(f => f.Total);
        if (look.Standing == CursorStanding.Renumbered)
        {
            look.Add(null, "renumbered", null, null);
        }
        else if (look.Standing == CursorStanding.Complete && rows != look.Cached)
        {
            look.Add(null, "count", $"{Count(look.Cached)} counted, {Count(rows)} there", Count(look.Server));
        }

        return look;
    }

    private static void Compare(Look look, IReadOnlyList<HeldMessage> held, IReadOnlyList<KnownMessage> known, Dictionary<string, string> refused)
    {
        var cached = known.ToDictionary(k => k.RemoteId, StringComparer.Ordinal);
        foreach (var message in held)
        {
            var (server, isExpected, hasFlags) = message;
            var toldFlags = message.ToldFlags;
            look.CountIn(server.FolderPath);
            if (!cached.Remove(server.RemoteId, out var ours))
            {
                if (refused.TryGetValue(server.RemoteId, out var reason))
                {
                    look.Add(server.RemoteId, "refused", null, reason, server.FolderPath);
                }
                else if (isExpected)
                {
                    look.Add(server.RemoteId, "missing_in_cache", null, Show(server), server.FolderPath);
                }

                continue;
            }

            if (ours.FolderPath != server.FolderPath)
            {
                look.Add(server.RemoteId, "folder", ours.FolderPath, server.FolderPath, server.FolderPath);
            }

            if (!hasFlags)
            {
                continue;
            }

            if ((ours.Flags & toldFlags) != server.Flags)
            {
                look.Add(server.RemoteId, "flags", Show(ours.Flags & toldFlags), Show(server.Flags), server.FolderPath);
            }

            if (!ours.NativeLabels.SequenceEqual(server.NativeLabels, StringComparer.Ordinal))
            {
                look.Add(server.RemoteId, "labels", Show(ours.NativeLabels), Show(server.NativeLabels), server.FolderPath);
            }
        }

        foreach (var ours in cached.Values)
        {
            look.Add(ours.RemoteId, "missing_on_server", Show(ours), null, ours.FolderPath);
        }
    }

    /// <summary>Cached folders that the server did not list twice.</summary>
    private async Task<IReadOnlyList<CachedFolder>> GoneAsync(
        IMailProvider provider, MailCache cache, Account account, ServerState state, CancellationToken ct)
    {
        if (Gone(cache, account, state).Count == 0)
        {
            return [];
        }

        await Task.Delay(Settling, time, ct);
        return Gone(cache, account, await provider.ReadStateAsync(ct));
    }

    private static List<CachedFolder> Gone(MailCache cache, Account account, ServerState state)
    {
        var listed = state.Folders.Where(f => f.IsSelectable).Select(f => f.Path).ToHashSet(StringComparer.Ordinal);
        return [.. cache.Folders().Where(f => (f.Folder.IsSelectable || f.Total > 0) && account.Settings.Wants(f.Folder) && !listed.Contains(f.Folder.Path))];
    }

    /// <summary>The cached folders whose messages belong to a scope.</summary>
    private static IEnumerable<CachedFolder> FoldersOf(MailCache cache, string scope) =>
        cache.Folders().Where(f => scope.Length == 0 || string.Equals(f.Folder.Path, scope, StringComparison.Ordinal));

    private static CachedFolder? Cached(MailCache cache, string path) =>
        cache.Folders().FirstOrDefault(f => string.Equals(f.Folder.Path, path, StringComparison.Ordinal));

    private static string Show(KnownMessage message) => message.NativeLabels.Count == 0
        ? Show(message.Flags)
        : $"{Show(message.Flags)}; {Show(message.NativeLabels)}";

    private static string Show(MessageFlags flags) => flags.ToString().ToLowerInvariant();

    private static string Show(IReadOnlyList<string> labels) => string.Join(' ', labels);

    private static string Count(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>One look at a scope.</summary>
    private sealed class Look(string scope, ProviderKind provider)
    {
        private readonly List<SyncDifference> listed = [];
        private readonly Dictionary<string, int> counted = new(StringComparer.Ordinal);
        private int unlisted;

        public CursorStanding Standing { get; set; }

        public int Server { get; set; }

        public int Cached { get; set; }

        /// <summary>What concerns the whole folder, then by UID.</summary>
        public IReadOnlyList<SyncDifference> Listed => [.. listed.OrderBy(d => d.Uid).ThenBy(d => d.Id, StringComparer.Ordinal)];

        public int Count => listed.Count + unlisted;

        /// <summary>The server has a message in this folder of a scope of several.</summary>
        public void CountIn(string folder) => counted[folder] = counted.GetValueOrDefault(folder) + 1;

        /// <param name="folder">Empty where the scope is the folder.</param>
        public void Add(string? remoteId, string kind, string? cached, string? server, string folder = "")
        {
            if (listed.Count < Most)
            {
                long? uid = provider == ProviderKind.Imap && long.TryParse(remoteId, CultureInfo.InvariantCulture, out var number) ? number : null;
                listed.Add(new SyncDifference(
                    folder.Length > 0 ? folder : scope, remoteId is null ? null : MessageIds.Show(provider, remoteId), uid, kind, cached, server));
            }
            else
            {
                unlisted++;
            }
        }

        /// <summary>Drops what the look before did not see; of what neither could list the smaller number stays.</summary>
        public void KeepThoseOf(Look before)
        {
            var seen = before.listed.Select(d => (d.Id, d.Kind)).ToHashSet();
            var count = listed.RemoveAll(d => !seen.Contains((d.Id, d.Kind)));
            unlisted = Math.Min(unlisted + count, before.unlisted);
        }

        public IReadOnlyList<FolderProof> Proofs(MailCache cache)
        {
            var isComplete = Standing != CursorStanding.FirstPass;
            return scope.Length > 0
                ? [new FolderProof(scope, Server, Cached, isComplete, Count, Error: null)]
                : [.. FoldersOf(cache, scope).Select(f => new FolderProof(
                    f.Folder.Path, counted.GetValueOrDefault(f.Folder.Path), f.Total, isComplete, DifferencesIn(f), Error: null))];

            // What could not be listed, or concerns no folder, is told with the first.
            int DifferencesIn(CachedFolder folder) => listed.Count(d => d.Folder == folder.Folder.Path)
                + (folder == FoldersOf(cache, scope).First() ? unlisted + listed.Count(d => d.Folder.Length == 0) : 0);
        }
    }
}

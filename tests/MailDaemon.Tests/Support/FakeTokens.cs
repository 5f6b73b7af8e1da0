using MailDaemon.Engine.Providers.OAuth;

namespace MailDaemon.Tests.Support;

/// <summary>Tokens <c>token-1</c>, <c>token-2</c> and so on: each refresh brings the next.</summary>
internal sealed class FakeTokens : IAccessTokens
{
    private int number = 1;

    public List<string> Refused { get; } = [];

    public Task<string> GetAccessTokenAsync(CancellationToken ct) => Task.FromResult("token-" + number);

    public Task<string> RefreshAccessTokenAsync(string refused, CancellationToken ct)
    {
        Refused.Add(refused);
        number++;
        return GetAccessTokenAsync(ct);
    }
}

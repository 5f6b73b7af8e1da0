namespace MailDaemon.Engine.Accounts;

/// <summary>A password or token. Shows itself as <c>***</c> and has no property that a serializer or a log could read.</summary>
public sealed record Secret
{
    private readonly string _value;

    public Secret(string value) => _value = value;

    /// <summary>The secret itself, for the wire and nowhere else.</summary>
    public string Reveal() => _value;

    public override string ToString() => "***";
}

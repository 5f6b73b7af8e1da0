using MailDaemon.Sandbox.Net;

namespace MailDaemon.Sandbox.Okki;

/// <summary>What can be made to go wrong with the CRM while it runs. Requests are named by their path, <c>/v1/dynamic/trail/push</c> for instance; <c>*</c> is all.</summary>
public sealed class OkkiFaults
{
    /// <summary>The request is carried out and the connection dropped before the answer.</summary>
    public FaultTable<bool> DropAfter { get; } = new();

    /// <summary>The connection is dropped and nothing is carried out.</summary>
    public FaultTable<bool> DropBefore { get; } = new();

    /// <summary>The request waits before it is carried out, by the clock of the server.</summary>
    public FaultTable<TimeSpan> Delay { get; } = new();

    /// <summary>Nothing is carried out, and this status is answered.</summary>
    public FaultTable<int> Status { get; } = new();

    /// <summary>Nothing is carried out, and HTTP 200 is answered with this message under code -1.</summary>
    public FaultTable<string> Business { get; } = new();

    /// <summary>Records of mail (type 102) are listed without their content, as in the vendor's own example.</summary>
    public bool HidesMailContents { get; set; }

    public void Reset()
    {
        HidesMailContents = false;
        DropAfter.DisarmAll();
        DropBefore.DisarmAll();
        Delay.DisarmAll();
        Status.DisarmAll();
        Business.DisarmAll();
    }
}

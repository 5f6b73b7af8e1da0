namespace MailDaemon.Tests.Support;

public static class Refusals
{
    /// <summary>A refusal has its status, its word and the envelope.</summary>
    public static void ShouldBeRefused(this Reply reply, int status, string error)
    {
        reply.Status.ShouldBe(status, reply.Text);
        reply.Error.ShouldBe(error);
        reply.Envelope.GetProperty("code").GetInt32().ShouldBe(0);
    }
}

using System.Diagnostics;
using MailDaemon.Protocols.Net;

namespace MailDaemon.Protocols.Tests.Net;

/// <summary>How long an answer may take that comes in drops.</summary>
public sealed class AnswerTimeTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Signs_of_life_are_listened_to_for_ten_silences()
    {
        var answer = new AnswerTime();
        Wait(answer, seconds: 9, bytes: 1);
        answer.Left(Second).ShouldBeGreaterThan(TimeSpan.Zero);

        Wait(answer, seconds: 1.1, bytes: 1);
        answer.Left(Second).ShouldBeLessThan(TimeSpan.Zero);
    }

    [Fact]
    public void Much_may_take_its_time()
    {
        var answer = new AnswerTime();
        Wait(answer, seconds: 60, bytes: 6000);

        answer.Left(Second).ShouldBeInRange(Second * 8, Second * 10);
    }

    [Fact]
    public void Each_answer_has_its_own_time()
    {
        var answer = new AnswerTime();
        Wait(answer, seconds: 11, bytes: 1);

        answer.Begin();

        answer.Left(Second).ShouldBe(Second * 10);
    }

    private static void Wait(AnswerTime answer, double seconds, int bytes) =>
        answer.Received(bytes, Stopwatch.GetTimestamp() - (long)(seconds * Stopwatch.Frequency));
}

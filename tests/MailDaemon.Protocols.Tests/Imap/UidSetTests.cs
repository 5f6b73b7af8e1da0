using System.Text;
using MailDaemon.Protocols.Imap;

namespace MailDaemon.Protocols.Tests.Imap;

public class UidSetTests
{
    [Theory]
    [InlineData("1", "1", 1)]
    [InlineData("1:3,5", "1:3,5", 4)]
    [InlineData("5,3,2,1", "1:3,5", 4)]
    [InlineData("3:1", "1:3", 3)]
    [InlineData("1:5,3:9", "1:9", 9)]
    [InlineData("1:3,4:6", "1:6", 6)]
    [InlineData("1:4294967294", "1:4294967294", 4294967294)]
    [InlineData("100:*", "100:*", 4294967196)]
    [InlineData("*", "*", 1)]
    [InlineData("", "", 0)]
    public void Set_is_read_and_written_in_its_shortest_form(string text, string expected, long count)
    {
        var set = UidSet.Parse(text);

        set.ToString().ShouldBe(expected);
        set.Count.ShouldBe(count);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1,")]
    [InlineData(",1")]
    [InlineData("1:")]
    [InlineData("1::2")]
    [InlineData("-1")]
    [InlineData("1 2")]
    [InlineData("4294967296")]
    [InlineData("a")]
    [InlineData("1:0")]
    public void What_is_no_set_is_refused(string text)
    {
        UidSet.TryParse(Encoding.ASCII.GetBytes(text), out _).ShouldBeFalse();
        Should.Throw<FormatException>(() => UidSet.Parse(text));
    }

    [Fact]
    public void Operations_agree_with_plain_sets()
    {
        var random = new Random(20240229);
        for (var round = 0; round < 2000; round++)
        {
            var a = Draw(random);
            var b = Draw(random);
            var setA = UidSet.Of(a);
            var setB = UidSet.Of(b);

            setA.ShouldBe(UidSet.Parse(setA.ToString()));
            setA.AsEnumerable().ShouldBe(a.Order());
            setA.Union(setB).AsEnumerable().ShouldBe(a.Union(b).Order());
            setA.Except(setB).AsEnumerable().ShouldBe(a.Except(b).Order());
            setA.Intersect(setB).AsEnumerable().ShouldBe(a.Intersect(b).Order());
            Enumerable.Range(1, 65).Where(i => setA.Contains((uint)i)).Select(i => (uint)i).ShouldBe(a.Order());
        }
    }

    [Fact]
    public void Pieces_keep_their_limits_and_make_the_whole()
    {
        var random = new Random(7);
        for (var round = 0; round < 500; round++)
        {
            var set = UidSet.Of(Draw(random));
            var length = random.Next(3, 30);
            var count = random.Next(1, 20);

            var pieces = set.Split(length, count).ToList();

            pieces.ShouldAllBe(p => !p.IsEmpty && p.Count <= count && (p.ToString().Length <= length || p.Ranges.Count == 1));
            pieces.SelectMany(p => p).ShouldBe(set);
        }
    }

    [Fact]
    public void Pieces_of_an_open_set_end_with_the_open_range()
    {
        var pieces = UidSet.Parse("1,3,5,10:*").Split(100, 2).Select(p => p.ToString());

        pieces.ShouldBe(["1,3", "5", "10:*"]);
    }

    [Fact]
    public void Huge_range_takes_no_memory_per_member()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();

        var set = UidSet.Range(1, 4_000_000_000).Except(UidSet.Single(2_000_000_000)).Union(UidSet.Single(4_100_000_000));

        set.Count.ShouldBe(4_000_000_000);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(64 * 1024);
    }

    private static HashSet<uint> Draw(Random random) => [.. Enumerable.Range(0, random.Next(0, 40)).Select(_ => (uint)random.Next(1, 64))];
}

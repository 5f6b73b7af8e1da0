using System.Buffers;
using System.Text.Json;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Tests.Messages;

/// <summary>Long texts are written exactly as the encoder would have them.</summary>
public sealed class LongTextConverterTests
{
    private const string Alphabet = "abc \"\\/\n\r\t\b\0\u001f\u007f\u0085\u009f\u00a0é报价\u2028\ufeff\ufffe\ud83d\udcc4\ud800\udc00\ud83d<>&'+";
    private static readonly JsonSerializerOptions Options = new() { Encoder = ReadableJsonEncoder.Instance };

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(129)]
    [InlineData(300)]
    [InlineData(5_000)]
    [InlineData(200_000)]
    public void Text_is_written_as_the_encoder_would_have_it(int length)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random((length * 31) + seed);
            var rare = random.Next(2) == 0 ? Alphabet.Length : 4;
            var text = string.Create(length, (random, rare), static (characters, state) =>
            {
                foreach (ref var character in characters)
                    character = Alphabet[state.random.Next(state.random.Next(20) == 0 ? Alphabet.Length : state.rare)];
            });

            Written(text).ShouldBe(JsonSerializer.Serialize(text, Options), $"seed {seed}");
        }
    }

    [Fact]
    public void Text_of_nothing_but_escapes_is_written_whole() =>
        JsonSerializer.Deserialize<string>(Written(new string('\u0001', 100_000)))!.ShouldBe(new string('\u0001', 100_000));

    private static string Written(string text)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = ReadableJsonEncoder.Instance }))
            new LongTextConverter().Write(writer, text, Options);
        return System.Text.Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}

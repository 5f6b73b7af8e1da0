using System.Text;
using MailDaemon.Protocols.Sasl;

namespace MailDaemon.Protocols.Tests.Sasl;

public sealed class SaslScramTests
{
    private const string Nonce = "rOprNGfwEbeRWgbNEkqO";
    private const string ServerFirst = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    private const string ServerFinal = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";
    private static readonly SaslCredential Pencil = SaslCredential.ForPassword("user", "pencil");

    [Fact]
    public void Sha1_is_the_example_of_rfc_5802()
    {
        var scram = SaslScram.Sha1(Pencil, "fyko+d2lbbFgONRv9qkxdawL");

        Text(scram.InitialResponse()).ShouldBe("n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL");
        Text(scram.Respond("r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096"u8))
            .ShouldBe("c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=");
        scram.Respond("v=rmF9pqV8S7suAoZWja4dJRkFsKQ="u8).ShouldBeEmpty();
        scram.ConfirmSuccess();
    }

    [Fact]
    public void Sha256_is_the_example_of_rfc_7677()
    {
        var scram = SaslScram.Sha256(Pencil, Nonce);

        Text(scram.InitialResponse()).ShouldBe("n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
        Text(scram.Respond(Encoding.ASCII.GetBytes(ServerFirst)))
            .ShouldBe("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
        scram.Respond(Encoding.ASCII.GetBytes(ServerFinal)).ShouldBeEmpty();
        scram.ConfirmSuccess();
    }

    [Fact]
    public void Success_without_the_servers_proof_is_none()
    {
        var scram = Started();

        Should.Throw<SaslException>(scram.ConfirmSuccess);
        scram.Respond(Encoding.ASCII.GetBytes(ServerFirst));
        Should.Throw<SaslException>(scram.ConfirmSuccess);
    }

    [Theory]
    [InlineData("v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")]
    [InlineData("v=")]
    [InlineData("v=AAAA")]
    [InlineData("v=!!!!")]
    [InlineData("")]
    public void Wrong_proof_of_the_server_is_refused(string serverFinal)
    {
        var scram = Started();
        scram.Respond(Encoding.ASCII.GetBytes(ServerFirst));

        Should.Throw<SaslException>(() => scram.Respond(Encoding.ASCII.GetBytes(serverFinal)));
        Should.Throw<SaslException>(scram.ConfirmSuccess);
    }

    [Fact]
    public void Error_of_the_server_is_kept_and_is_no_success()
    {
        var scram = Started();
        scram.Respond(Encoding.ASCII.GetBytes(ServerFirst));

        scram.Respond("e=unknown-user"u8).ShouldBeEmpty();

        scram.ServerError.ShouldBe("unknown-user");
        Should.Throw<SaslException>(scram.ConfirmSuccess);
    }

    [Theory]
    [InlineData("r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=,i=4096")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=*,i=4096")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4095")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=2000001")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=99999999999")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=-4096")]
    [InlineData("m=must,r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx")]
    [InlineData("")]
    public void Wrong_first_message_of_the_server_is_refused(string serverFirst)
    {
        Should.Throw<SaslException>(() => Started().Respond(Encoding.ASCII.GetBytes(serverFirst)));
    }

    [Fact]
    public void Every_prefix_of_the_first_message_is_refused_or_incomplete()
    {
        for (var length = 0; length < ServerFirst.Length; length++)
        {
            var prefix = Encoding.ASCII.GetBytes(ServerFirst[..length]);
            Should.Throw<SaslException>(() => Started().Respond(prefix), $"prefix of {length}");
        }
    }

    [Fact]
    public void Two_exchanges_have_two_nonces()
    {
        Text(SaslScram.Sha256(Pencil).InitialResponse()).ShouldNotBe(Text(SaslScram.Sha256(Pencil).InitialResponse()));
    }

    [Fact]
    public void Commas_and_equals_signs_of_a_name_are_escaped()
    {
        Text(SaslScram.Sha1(SaslCredential.ForPassword("a=b,c", "x"), "n").InitialResponse()).ShouldBe("n,,n=a=3Db=2Cc,r=n");
    }

    [Theory]
    [InlineData("I\u00ADX", "IX")]
    [InlineData("user", "user")]
    [InlineData("USER", "USER")]
    [InlineData("\u00AA", "a")]
    [InlineData("\u2168", "IX")]
    [InlineData("a\u00A0b", "a b")]
    [InlineData("\uE000x", "\uE000x")]
    [InlineData("\u00AD", "\u00AD")]
    [InlineData("x\uD800", "x\uD800")]
    public void Names_are_prepared_as_in_rfc_4013(string text, string prepared)
    {
        SaslPrep.Prepare(text).ShouldBe(prepared);
    }

    private static SaslScram Started()
    {
        var scram = SaslScram.Sha256(Pencil, Nonce);
        scram.InitialResponse();
        return scram;
    }

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}

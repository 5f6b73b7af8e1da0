using System.Text;
using MailDaemon.Protocols.Net;
using MailDaemon.Protocols.Sasl;
using MailDaemon.Protocols.Smtp;
using MailDaemon.Protocols.Tests.Net;
using static MailDaemon.Protocols.Tests.Smtp.SmtpDialogue;

namespace MailDaemon.Protocols.Tests.Smtp;

public sealed class SmtpClientAuthenticateTests
{
    [Fact]
    public async Task Plain_goes_with_its_initial_response()
    {
        await using var server = ScriptedServer.Dialogue($"{Hello}S: 250 AUTH LOGIN PLAIN\nC: AUTH PLAIN AGpvZQBodW50ZXIyc2VjcmV0\nS: 235 2.7.0 welcome");
        await using var client = await ConnectAsync(server);

        await client.AuthenticateAsync(Password, default);

        client.IsAuthenticated.ShouldBeTrue();
        await Should.ThrowAsync<InvalidOperationException>(() => client.AuthenticateAsync(Password, default));
    }

    [Theory]
    [InlineData("VXNlcm5hbWU6", "UGFzc3dvcmQ6")]
    [InlineData("User Name", "Password please")]
    public async Task Login_answers_two_prompts_whatever_they_say(string first, string second)
    {
        await using var server = ScriptedServer.Dialogue(
            $"{Hello}S: 250 AUTH=LOGIN\nC: AUTH LOGIN\nS: 334 {first}\nC: am9l\nS: 334 {second}\nC: aHVudGVyMnNlY3JldA==\nS: 235 ok");
        await using var client = await ConnectAsync(server);

        await client.AuthenticateAsync(Password, default);

        client.IsAuthenticated.ShouldBeTrue();
    }

    [Fact]
    public async Task Token_that_is_too_long_for_a_command_line_waits_for_the_challenge()
    {
        var token = new string('t', 2000);
        var response = Convert.ToBase64String(Encoding.ASCII.GetBytes($"user=joe@x.example\u0001auth=Bearer {token}\u0001\u0001"));
        await using var server = ScriptedServer.Dialogue($"{Hello}S: 250 AUTH XOAUTH2\nC: AUTH XOAUTH2\nS: 334 \nC: {response}\nS: 235 ok");
        await using var client = await ConnectAsync(server);

        await client.AuthenticateAsync(SaslCredential.ForAccessToken("joe@x.example", token), default);

        client.IsAuthenticated.ShouldBeTrue();
    }

    [Theory]
    [InlineData("XOAUTH2", "dXNlcj1qb2VAeC5leGFtcGxlAWF1dGg9QmVhcmVyIHlhMjkudG9rZW4BAQ==", "")]
    [InlineData("OAUTHBEARER", "bixhPWpvZUB4LmV4YW1wbGUsAWF1dGg9QmVhcmVyIHlhMjkudG9rZW4BAQ==", "AQ==")]
    public async Task Json_of_a_refused_token_is_acknowledged_and_shown(string mechanism, string response, string acknowledgement)
    {
        await using var server = ScriptedServer.Dialogue(
            $"{Hello}S: 250 AUTH {mechanism}\nC: AUTH {mechanism} {response}\nS: 334 eyJzdGF0dXMiOiI0MDEifQ==\nC: {acknowledgement}\nS: 535 5.7.8 not accepted");
        await using var client = await ConnectAsync(server);

        var e = await RefusalAsync(() => client.AuthenticateAsync(Token, default));

        (e.Fault, e.ReplyCode, e.EnhancedCode, e.ServerText).ShouldBe((SmtpFault.AuthenticationFailed, 535, "5.7.8", "not accepted"));
        e.Message.ShouldBe("""The server refused to sign in joe@x.example ({"status":"401"}): 535 5.7.8 not accepted""");
        client.IsUsable.ShouldBeTrue();
    }

    [Theory]
    [InlineData("535 5.7.8 Authentication credentials invalid", SmtpFault.AuthenticationFailed)]
    [InlineData("534 5.7.9 Application-specific password required", SmtpFault.AuthenticationFailed)]
    [InlineData("550 User has no permission", SmtpFault.AuthenticationFailed)]
    [InlineData("454 4.7.0 Temporary authentication failure", SmtpFault.AuthenticationTemporary)]
    [InlineData("432 4.7.12 A password transition is needed", SmtpFault.AuthenticationTemporary)]
    [InlineData("530 5.7.0 Must issue a STARTTLS command first", SmtpFault.AuthenticationRequired)]
    [InlineData("538 5.7.11 Encryption required", SmtpFault.AuthenticationRequired)]
    [InlineData("504 5.5.4 Unrecognized authentication type", SmtpFault.Protocol)]
    [InlineData("503 bad command sequence", SmtpFault.Protocol)]
    [InlineData("250 fine", SmtpFault.Protocol)]
    public async Task Refusals_are_told_apart_and_keep_the_servers_words(string reply, SmtpFault fault)
    {
        await using var server = ScriptedServer.Dialogue($"{Hello}S: 250 AUTH PLAIN\nC: AUTH PLAIN AGpvZQBodW50ZXIyc2VjcmV0\nS: {reply}\nC: NOOP\nS: 250 ok");
        await using var client = await ConnectAsync(server);

        var e = await RefusalAsync(() => client.AuthenticateAsync(Password, default));

        e.Fault.ShouldBe(fault);
        e.Message.ShouldBe("The server refused to sign in joe: " + reply);
        client.IsAuthenticated.ShouldBeFalse();
        await client.NoopAsync(default);
    }

    [Theory]
    [InlineData("AUTH XOAUTH2", "The server offers only XOAUTH2, which does not work with a password")]
    [InlineData("HELP", "The server offers no authentication, which does not work with a password")]
    public async Task Offer_that_does_not_fit_is_refused_before_anything_is_sent(string offer, string message)
    {
        await using var server = ScriptedServer.Dialogue($"{Hello}S: 250 {offer}");
        await using var client = await ConnectAsync(server);

        var e = await RefusalAsync(() => client.AuthenticateAsync(Password, default));

        (e.Fault, e.Message, e.ReplyCode).ShouldBe((SmtpFault.AuthenticationFailed, message, null));
        await client.DisposeAsync();
        await server.PlayedAsync();
    }

    [Fact]
    public async Task Scram_signs_in_when_the_server_proves_itself()
    {
        await using var server = ScriptedServer.Start(peer => PlayScramAsync(peer, "hunter2secret", "235 ok"));
        await using var client = await ConnectAsync(server);

        await client.AuthenticateAsync(Password, default);

        client.IsAuthenticated.ShouldBeTrue();
    }

    [Fact]
    public async Task Server_that_does_not_know_the_password_is_left()
    {
        await using var server = ScriptedServer.Start(peer => PlayScramAsync(peer, "something else", "501 cancelled"));
        await using var client = await ConnectAsync(server);

        (await RefusalAsync(() => client.AuthenticateAsync(Password, default))).Fault.ShouldBe(SmtpFault.Protocol);

        client.IsAuthenticated.ShouldBeFalse();
        client.IsUsable.ShouldBeFalse();
    }

    [Fact]
    public async Task Success_before_the_servers_proof_is_not_believed()
    {
        await using var server = ScriptedServer.Start(async peer =>
        {
            await peer.SendAsync("220 x");
            await peer.ExpectAsync("EHLO [127.0.0.1]");
            await peer.SendAsync("250-x", "250 AUTH SCRAM-SHA-256");
            (await peer.ReadLineAsync()).ShouldStartWith("AUTH SCRAM-SHA-256 ");
            await peer.SendAsync("235 welcome");
        });
        await using var client = await ConnectAsync(server);

        (await RefusalAsync(() => client.AuthenticateAsync(Password, default))).Fault.ShouldBe(SmtpFault.Protocol);

        client.IsAuthenticated.ShouldBeFalse();
        client.IsUsable.ShouldBeFalse();
    }

    [Fact]
    public async Task Server_that_never_stops_asking_is_cancelled()
    {
        await using var server = ScriptedServer.Dialogue(
            $"{Hello}S: 250 AUTH LOGIN\nC: AUTH LOGIN\nS: 334 \nC: am9l\nS: 334 \nC: aHVudGVyMnNlY3JldA==\nS: 334 more\nC: *\nS: 501 cancelled");
        await using var client = await ConnectAsync(server);

        (await RefusalAsync(() => client.AuthenticateAsync(Password, default))).Fault.ShouldBe(SmtpFault.Protocol);
        client.IsUsable.ShouldBeFalse();
        await client.DisposeAsync();
        await server.PlayedAsync();
    }

    [Fact]
    public async Task Secrets_stay_out_of_the_transcript_and_of_errors_though_the_server_repeats_them()
    {
        var transcript = new StringBuilder();
        var options = new WireOptions { Transcript = (direction, line) => transcript.Append(direction).Append(' ').Append(line).Append('\n') };
        await using var server = ScriptedServer.Dialogue(
            $"{Hello}S: 250 AUTH PLAIN\nC: AUTH PLAIN AGpvZQBodW50ZXIyc2VjcmV0\n"
            + "S: 500 syntax error: AUTH PLAIN AGpvZQBodW50ZXIyc2VjcmV0 (hunter2secret)");
        await using var client = await ConnectAsync(server, options);

        var e = await RefusalAsync(() => client.AuthenticateAsync(Password, default));

        e.ServerText.ShouldBe("syntax error: AUTH PLAIN *** (***)");
        e.ToString().ShouldNotContain("hunter2secret");
        transcript.ToString().ShouldBe("""
            Received 220 mail.example ESMTP
            Sent EHLO [127.0.0.1]
            Received 250-mail.example
            Received 250 AUTH PLAIN
            Sent AUTH PLAIN ***
            Received 500 syntax error: AUTH PLAIN *** (***)

            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Answers_to_prompts_stay_out_of_the_transcript()
    {
        var transcript = new List<string>();
        var options = new WireOptions { Transcript = (_, line) => transcript.Add(line) };
        await using var server = ScriptedServer.Dialogue(
            $"{Hello}S: 250 AUTH LOGIN\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: am9l\nS: 334 UGFzc3dvcmQ6\nC: aHVudGVyMnNlY3JldA==\nS: 235 ok");
        await using var client = await ConnectAsync(server, options);

        await client.AuthenticateAsync(Password, default);

        transcript.Skip(4).ShouldBe(["AUTH LOGIN", "334 VXNlcm5hbWU6", "***", "334 UGFzc3dvcmQ6", "***", "235 ok"]);
    }

    [Fact]
    public async Task Nobody_signs_in_before_tls()
    {
        await using var server = ScriptedServer.Dialogue(Hello + "S: 250 AUTH PLAIN");
        var endpoint = server.Endpoint(WireSecurity.Tls);
        await using var clear = await WireStream.ConnectAsync(server.Endpoint(), new WireOptions(), default);
        await using var client = await SmtpClient.OpenAsync(clear, endpoint, default);

        await Should.ThrowAsync<InvalidOperationException>(() => client.AuthenticateAsync(Password, default));

        await client.DisposeAsync();
        await server.PlayedAsync();
    }

    [SmtpCorpusFact]
    public async Task Recorded_sign_ins_succeed()
    {
        await using var server = ScriptedServer.Start(async peer =>
        {
            await peer.SendRawAsync(await SmtpCorpus.ReadAsync("comcast-greeting.txt"));
            await peer.ExpectAsync("EHLO [127.0.0.1]");
            await peer.SendRawAsync((await SmtpCorpus.ReadAsync("comcast-ehlo.txt")).Replace(" PLAIN", "", StringComparison.Ordinal));
            await peer.ExpectAsync("AUTH LOGIN");
            await peer.SendRawAsync(await SmtpCorpus.ReadAsync("comcast-auth-login-username.txt"));
            await peer.ExpectAsync("am9l");
            await peer.SendRawAsync(await SmtpCorpus.ReadAsync("comcast-auth-login-password.txt"));
            await peer.ExpectAsync("aHVudGVyMnNlY3JldA==");
            await peer.SendRawAsync(await SmtpCorpus.ReadAsync("comcast-auth-login.txt"));
        });
        await using var client = await ConnectAsync(server);

        await client.AuthenticateAsync(Password, default);

        client.IsAuthenticated.ShouldBeTrue();
    }

    /// <summary>The server's side, with a password of its own; it does not check the client's proof.</summary>
    private static async Task PlayScramAsync(ScriptedPeer peer, string password, string last)
    {
        await peer.SendAsync("220 x");
        await peer.ExpectAsync("EHLO [127.0.0.1]");
        await peer.SendAsync("250-x", "250 AUTH SCRAM-SHA-256 PLAIN");
        var initial = Encoding.UTF8.GetString(Convert.FromBase64String((await peer.ReadLineAsync())!["AUTH SCRAM-SHA-256 ".Length..]));
        initial.ShouldStartWith("n,,n=joe,r=");
        var nonce = initial["n,,n=joe,r=".Length..];
        var serverFirst = $"r={nonce}server,s=c2FsdHNhbHQ=,i=4096";
        await peer.SendAsync("334 " + Convert.ToBase64String(Encoding.UTF8.GetBytes(serverFirst)));
        var clientFinal = Encoding.UTF8.GetString(Convert.FromBase64String((await peer.ReadLineAsync())!));
        clientFinal.ShouldStartWith($"c=biws,r={nonce}server,p=");
        await peer.SendAsync("334 " + Convert.ToBase64String(Encoding.UTF8.GetBytes("v=" + Signature(password, $"n=joe,r={nonce},{serverFirst},c=biws,r={nonce}server"))));
        await peer.ReadLineAsync();
        await peer.SendAsync(last);
    }

    private static string Signature(string password, string authMessage)
    {
        var sha256 = System.Security.Cryptography.HashAlgorithmName.SHA256;
        var salted = System.Security.Cryptography.Rfc2898DeriveBytes.Pbkdf2(password, "saltsalt"u8.ToArray(), 4096, sha256, 32);
        var key = System.Security.Cryptography.HMACSHA256.HashData(salted, "Server Key"u8.ToArray());
        return Convert.ToBase64String(System.Security.Cryptography.HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(authMessage)));
    }
}

using System.Text;
using System.Text.Json;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Okki;
using MailDaemon.Engine.Storage;
using MailDaemon.Sandbox.Net;
using MailDaemon.Sandbox.Okki;

namespace MailDaemon.Tests.Okki;

/// <summary>The ladder by which customers are found, on a CRM that stands in.</summary>
public sealed class CustomerMatcherTests
{
    [Fact]
    public async Task Each_step_of_the_ladder_has_its_type_and_confidence()
    {
        await using var okki = new OkkiFixture();
        okki.Server.Add(
            new OkkiCompany(1, "Nordlicht Leuchten GmbH") { Homepage = "https://www.nordlicht.de/start", Contacts = [new("Anna", "anna@nordlicht.de"), new("Kai", "kai.nordlicht@gmail.com")] },
            new OkkiCompany(2, "Twin One") { Contacts = [new("", "a@twins.com")] },
            new OkkiCompany(3, "Twin Two") { Contacts = [new("", "b@mail.twins.com"), new("", "c@twins.com")] });
        okki.Mirror.Begin(isOfAll: true);
        await okki.Mirror.WaitAsync(CancellationToken.None);
        await okki.Pins.PutAsync("boss@gmail.com", 3, "Twin Two", [], CancellationToken.None);
        await okki.Pins.PutAsync("pinned.org", 2, "Twin One", [], CancellationToken.None);

        await IsAsync("boss@gmail.com", "pinned", 1, 3);
        await IsAsync("anybody@sub.pinned.org", "pinned", 1, 2);
        await IsAsync("ANNA@nordlicht.de", "contact", 0.98, 1);
        await IsAsync("kai.nordlicht@gmail.com", "contact", 0.98, 1);
        await IsAsync("new.person@nordlicht.de", "domain", 0.95, 1);
        await IsAsync("x@sales.nordlicht.de", "domain", 0.95, 1);
        await IsAsync("new@twins.com", "domain_partial", 0.7, 3);
        await IsAsync("someone@gmail.com", null, 0, 0);
        await IsAsync("someone@unknown.org", null, 0, 0);
        var vector = await okki.MatchAsync("n.l@gmail.com", "Nordlicht Leuchten");
        (vector!.MatchType, vector.CompanyId, vector.Confidence).ShouldBe(("vector", 1, 0.6), "a name alone");

        async Task IsAsync(string address, string? type, double confidence, long company)
        {
            var match = await okki.MatchAsync(address);
            (match?.MatchType, match?.Confidence ?? 0, match?.CompanyId ?? 0).ShouldBe((type, confidence, company), address);
        }
    }

    [Fact]
    public async Task Homepage_of_the_mirror_finds_a_company_without_contacts_there()
    {
        await using var okki = new OkkiFixture();
        okki.Server.Add(new OkkiCompany(1, "Światło") { Homepage = "swiatlo.pl" });
        (await okki.MatchAsync("piotr@swiatlo.pl")).ShouldBeNull("the CRM finds nobody by this domain");
        okki.Mirror.Begin(isOfAll: true);
        await okki.Mirror.WaitAsync(CancellationToken.None);

        (await okki.MatchAsync("piotr@swiatlo.pl"))!.MatchType.ShouldBe("domain");
    }

    [Fact]
    public async Task Mirror_goes_on_where_it_was_broken_off_then_reads_what_changed_and_forgets_who_has_gone()
    {
        await using var okki = new OkkiFixture();
        okki.Server.Add(Enumerable.Range(1, 250).Select(i => new OkkiCompany(i, $"Company {i}") { UpdatedAt = okki.Clock.GetUtcNow().AddDays(-20) }));
        okki.Server.Faults.Status.Arm("/v1/company/info", 503);
        await ReadAsync(isOfAll: false);
        (okki.Customers.Count, okki.Customers.State.Page, okki.Mirror.Error?.Code).ShouldBe((0, 1, "okki_unavailable"));
        okki.Server.Faults.Reset();
        await ReadAsync(isOfAll: false);
        (okki.Customers.Count, okki.Customers.State.Page, okki.Mirror.Error).ShouldBe((250, 0, null));

        var before = okki.Server.Requests.Count;
        okki.Clock.Advance(TimeSpan.FromDays(5));
        okki.Server.Add(new OkkiCompany(7, "Seven & Sons") { UpdatedAt = okki.Clock.GetUtcNow() });
        okki.Server.Remove(8);
        await ReadAsync(isOfAll: false);
        (okki.Customers.Find(7)!.Name, okki.Customers.Count, okki.Server.Requests.Count - before).ShouldBe(("Seven & Sons", 250, 4), "a token, the users, a page and a customer");
        await ReadAsync(isOfAll: true);
        okki.Customers.Count.ShouldBe(249);

        async Task ReadAsync(bool isOfAll)
        {
            okki.Mirror.Begin(isOfAll);
            await okki.Mirror.WaitAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task Mirror_knows_the_crms_users_and_keeps_nothing_of_another_crm()
    {
        await using var okki = new OkkiFixture();
        await using var other = new OkkiServer(okki.Clock) { Users = ["Tom@qq.com", ""] };
        okki.Server.Add(new OkkiCompany(1, "Acme"), new OkkiCompany(2, "Bolt"));
        other.Add(new OkkiCompany(3, "Cable"));
        await ReadAsync();
        (okki.Customers.Count, okki.Customers.Colleagues.Contains("LINA@sandbox.test")).ShouldBe((2, true));

        await okki.Settings.ChangeAsync(new OkkiChange { BaseUrl = other.Url, ClientSecret = new Engine.Accounts.Secret(OkkiServer.ClientSecret) }, CancellationToken.None);
        await ReadAsync();

        (okki.Customers.Count, okki.Customers.Find(3)?.Name).ShouldBe((1, "Cable"));
        okki.Customers.Colleagues.ShouldBe(["Tom@qq.com"]);

        async Task ReadAsync()
        {
            okki.Mirror.Begin(isOfAll: false);
            await okki.Mirror.WaitAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task Mirror_stays_when_the_login_is_refused_or_the_list_is_empty_or_breaks_off_and_goes_when_another_crm_is_read_whole()
    {
        await using var okki = new OkkiFixture();
        await using var other = new OkkiServer(okki.Clock) { Users = ["Tom@qq.com"] };
        okki.Server.Add(Enumerable.Range(1, 120).Select(i => new OkkiCompany(i, $"Company {i}") { Homepage = $"https://c{i}.de" }));
        await ReadAsync(isOfAll: true);
        okki.Customers.Count.ShouldBe(120);

        await KeepsAsync(new OkkiChange { ClientId = "wrong" }, "okki_unauthorized");
        await KeepsAsync(new OkkiChange { ClientId = OkkiServer.ClientId, ClientSecret = new Engine.Accounts.Secret("wrong") }, "okki_unauthorized");
        await KeepsAsync(new OkkiChange { BaseUrl = other.Url, ClientSecret = new Engine.Accounts.Secret(OkkiServer.ClientSecret) }, "okki_list_incomplete");
        other.Add(Enumerable.Range(1000, 150).Select(i => new OkkiCompany(i, $"Other {i}") { Homepage = $"https://o{i}.de" }));
        other.Faults.Status.Arm("/v1/company/list", 503, times: 1);
        await KeepsAsync(new OkkiChange(), "okki_unavailable");
        other.Faults.Reset();
        other.Faults.Status.Arm("/v1/company/info", 503, times: 1);
        await KeepsAsync(new OkkiChange(), "okki_unavailable");
        (await okki.MatchAsync("new@c7.de")).ShouldBeNull("what is known is of another CRM");
        other.Faults.Reset();
        await ReadAsync(isOfAll: false);

        (okki.Customers.Count, okki.Customers.Find(1000)?.Name, okki.Mirror.Error).ShouldBe((150, "Other 1000", null));
        okki.Customers.Colleagues.ShouldBe(["Tom@qq.com"]);
        (await okki.MatchAsync("new@o1007.de"))!.CompanyId.ShouldBe(1007);

        async Task KeepsAsync(OkkiChange change, string error)
        {
            await okki.Settings.ChangeAsync(change, CancellationToken.None);
            foreach (var isOfAll in new[] { false, true })
            {
                await ReadAsync(isOfAll);
                (okki.Mirror.Error?.Code, okki.Customers.Count, okki.Customers.Find(7)?.Homepage).ShouldBe((error, 120, "https://c7.de"));
                okki.Customers.Colleagues.ShouldBe(["lina@sandbox.test"]);
                if (error == "okki_unavailable")
                    break;
            }
        }

        async Task ReadAsync(bool isOfAll)
        {
            okki.Mirror.Begin(isOfAll);
            await okki.Mirror.WaitAsync(CancellationToken.None);
        }
    }

    [Theory]
    [InlineData("""{"list":[],"totalItem":0}""", 2)]
    [InlineData("""{"list":[],"totalItem":"120"}""", 2)]
    [InlineData("""[]""", 2)]
    [InlineData("""{"list":[{"company_id":1,"name":"One"}],"totalItem":2}""", 2)]
    [InlineData("""{"list":[{"company_id":1,"name":"One"}]}""", 2)]
    public async Task List_of_the_same_crm_that_ends_before_its_time_takes_no_customer_away(string list, int count)
    {
        var isShort = false;
        await using var crm = new HttpListening((call, _) =>
        {
            var path = call.Path.Split('?')[0];
            var data = path switch
            {
                "/v1/company/list" => isShort ? list : """{"list":[{"company_id":1,"name":"One"},{"company_id":2,"name":"Two"}],"totalItem":2}""",
                "/v1/company/info" => $$"""{"company_id":{{call.Path.Split('=')[1]}},"name":"x","homepage":"https://x.de"}""",
                _ => "[]",
            };
            if (isShort && path == "/v1/company/info")
                return Task.FromResult<HttpAnswer?>(new HttpAnswer(200, """{"code":-1,"message":"no permission","data":[]}"""u8.ToArray()));
            return Task.FromResult<HttpAnswer?>(new HttpAnswer(200, Encoding.UTF8.GetBytes(path == "/v1/oauth2/access_token" ? """{"access_token":"t"}""" : $$"""{"code":200,"data":{{data}}}""")));
        });
        await using var okki = new OkkiFixture(options => options with { BaseUrl = crm.Url });
        await ReadAsync();
        okki.Customers.Count.ShouldBe(2);
        isShort = true;
        okki.Clock.Advance(TimeSpan.FromMinutes(1));
        await ReadAsync();

        (okki.Mirror.Error?.Code, okki.Customers.Count).ShouldBe(("okki_list_incomplete", count));
        okki.Customers.Find(1)!.Homepage.ShouldBe("https://x.de", "details that are not shown this time stay");

        async Task ReadAsync()
        {
            okki.Mirror.Begin(isOfAll: true);
            await okki.Mirror.WaitAsync(CancellationToken.None);
        }
    }

    [Theory]
    [InlineData("x@tkscable.com.cn", "", "", "")]
    [InlineData("x@tks-cable.de", "TKS Cable Service", "Offer", "")]
    [InlineData("x@gmail.com", "TKS Cable Service", "", "")]
    [InlineData("x@gmail.com", "", "Order of TKS Cable Service", "Regards\nTom\nTKS Cable Service")]
    public async Task Guess_by_a_name_or_by_the_label_of_another_domain_waits_for_a_person(string address, string name, string subject, string text)
    {
        await using var okki = new OkkiFixture();
        okki.Server.Add([.. OkkiSeed.Companies]);
        okki.Mirror.Begin(isOfAll: true);
        await okki.Mirror.WaitAsync(CancellationToken.None);

        var trail = await okki.CreateAsync("msgid:1", OkkiFixture.Mail(address, subject, text, name));

        (trail.State, trail.Match?.CompanyId, trail.Match?.MatchType).ShouldBe(("review", 16696797007, "vector"));
        trail.Match!.Confidence.ShouldBeLessThan(0.7);
        okki.Server.Trails.ShouldBeEmpty();
    }

    [Fact]
    public async Task Company_that_the_crm_finds_by_a_domain_and_shows_under_another_waits_for_a_person()
    {
        await using var crm = new HttpListening((call, _) =>
        {
            var data = call.Path.Split('?')[0] switch
            {
                "/v1/company/query" => call.Path.Contains("email.domain", StringComparison.Ordinal) ? """{"list":[{"company_id":7,"name":"TKS"}],"totalItem":1}""" : "[]",
                "/v1/company/info" => """{"company_id":7,"name":"TKS","homepage":"https://tkscable.com"}""",
                _ => "[]",
            };
            return Task.FromResult<HttpAnswer?>(new HttpAnswer(200, Encoding.UTF8.GetBytes(call.Path == "/v1/oauth2/access_token" ? """{"access_token":"t"}""" : $$"""{"code":200,"data":{{data}}}""")));
        });
        await using var okki = new OkkiFixture(options => options with { BaseUrl = crm.Url });

        var trail = await okki.CreateAsync("msgid:1", OkkiFixture.Mail("x@tkscable.com.cn"));

        (trail.State, trail.Match?.CompanyId, trail.Match?.MatchType).ShouldBe(("review", 7, "domain_partial"));
    }

    [Theory]
    [InlineData("""{"results":[{"company_id":"42","name":"Acme","score":0.83},{"company_id":43,"name":"Other","score":"0.4"}]}""", 42L)]
    [InlineData("""[{"company_id":42,"name":"Acme","score":0.83}]""", 42L)]
    [InlineData("""{"results":[{"company_id":42,"name":"Acme","score":0.5},{"company_id":43,"name":"Other","score":0.48}]}""", null)]
    [InlineData("""{"results":[{"company_id":42,"name":"Acme","score":0.2}]}""", null)]
    [InlineData("""{"results":[]}""", null)]
    public async Task Search_of_somebodys_own_is_asked_and_read_in_both_forms(string answer, long? company)
    {
        JsonElement asked = default;
        await using var search = new HttpListening((call, _) =>
        {
            call.Path.ShouldBe("/search");
            asked = JsonDocument.Parse(call.Body).RootElement;
            return Task.FromResult<HttpAnswer?>(new HttpAnswer(200, Encoding.UTF8.GetBytes(answer)));
        });
        await using var okki = new OkkiFixture(options => options with { Vector = new OkkiVectorOptions { Mode = "http", Url = search.Url } });

        var match = await okki.MatchAsync("ann@gmail.com", "Ann", "Inquiry", "from Acme");

        (match?.CompanyId).ShouldBe(company);
        asked.GetProperty("query").GetString()!.ShouldContain("from Acme");
        asked.GetProperty("limit").GetInt32().ShouldBe(5);
    }

    [Fact]
    public async Task Embeddings_of_any_endpoint_are_kept_with_their_model_and_made_anew_for_another()
    {
        var inputs = new List<string>();
        await using var endpoint = new HttpListening((call, _) =>
        {
            (call.Path, call.Headers["Authorization"]).ShouldBe(("/v1/embeddings", "Bearer key"));
            var texts = JsonDocument.Parse(call.Body).RootElement.GetProperty("input").EnumerateArray().Select(text => text.GetString()!).ToList();
            inputs.AddRange(texts);
            var data = texts.Select((text, i) => $$"""{"index":{{i}},"embedding":[{{(text.Contains("lamp", StringComparison.OrdinalIgnoreCase) ? 1 : 0)}},{{(text.Contains("cable", StringComparison.OrdinalIgnoreCase) ? 1 : 0)}},0.1]}""");
            return Task.FromResult<HttpAnswer?>(new HttpAnswer(200, Encoding.UTF8.GetBytes($$"""{"data":[{{string.Join(',', data)}}]}""")));
        });
        await using var okki = new OkkiFixture(options => options with { Vector = new OkkiVectorOptions { Mode = "embeddings", Url = endpoint.Url, Model = "small", ApiKey = "key" } });
        okki.Server.Add(new OkkiCompany(1, "A") { Products = "lamps" }, new OkkiCompany(2, "B") { Products = "cables" });
        okki.Mirror.Begin(isOfAll: true);
        await okki.Mirror.WaitAsync(CancellationToken.None);

        (await okki.MatchAsync("x@gmail.com", "", "a lamp, please"))!.CompanyId.ShouldBe(1);
        (await okki.MatchAsync("x@gmail.com", "", "two cables"))!.CompanyId.ShouldBe(2);
        inputs.Count(text => text.StartsWith("A\n", StringComparison.Ordinal)).ShouldBe(1, "a customer's vector is kept");
        await okki.Settings.ChangeAsync(new OkkiChange { VectorModel = "large" }, CancellationToken.None);
        (await okki.MatchAsync("x@gmail.com", "", "a lamp, please"))!.CompanyId.ShouldBe(1);
        inputs.Count(text => text.StartsWith("A\n", StringComparison.Ordinal)).ShouldBe(2, "another model, another vector");
    }

    [Fact]
    public async Task Pin_of_a_mail_providers_domain_is_refused()
    {
        await using var okki = new OkkiFixture();

        (await Should.ThrowAsync<MailException>(() => okki.Pins.PutAsync("gmail.com", 1, "x", [], CancellationToken.None))).Code.ShouldBe("public_domain");
        (await Should.ThrowAsync<MailException>(() => okki.Pins.PutAsync("not a domain", 1, "x", [], CancellationToken.None))).Code.ShouldBe("invalid_parameter");
    }
}

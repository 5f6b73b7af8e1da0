using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using MailDaemon.Sandbox.Net;

namespace MailDaemon.Sandbox.Okki;

/// <summary>
/// A stand-in for the OKKI CRM on loopback, as its contract says: tokens, customers to query, show and list, trails to push and list. Its
/// JSON is that of PHP: ids as numbers or as strings, empty objects as <c>[]</c>, dates that are none in 1970, Beijing time, and errors of the
/// business in HTTP 200. Thread-safe.
/// </summary>
public sealed class OkkiServer : IAsyncDisposable
{
    public const string ClientId = "okki-sandbox";
    public const string ClientSecret = "okki-sandbox-secret";

    private const int TokenSeconds = 28_800;
    private const long FirstTrail = 88_050_591_907_961;
    private const int MailType = 102;
    private static readonly TimeSpan Beijing = TimeSpan.FromHours(8);
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly TimeProvider time;
    private readonly HttpListening listening;
    private readonly ConcurrentDictionary<string, DateTimeOffset> tokens = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(DateTimeOffset At, string Path)> requests = new();
    private readonly Lock gate = new();
    private readonly List<OkkiCompany> companies = [];
    private readonly List<OkkiTrail> trails = [];

    public OkkiServer(TimeProvider time)
    {
        this.time = time;
        listening = new HttpListening(AnswerAsync);
    }

    /// <summary>Without a path.</summary>
    public string Url => listening.Url;

    public OkkiFaults Faults { get; } = new();

    /// <summary>When what was asked for, paths with their queries.</summary>
    public IReadOnlyList<(DateTimeOffset At, string Path)> Requests => [.. requests];

    /// <summary>Addresses of those who work with it.</summary>
    public IReadOnlyList<string> Users { get; set; } = ["lina@sandbox.test"];

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<OkkiTrail> Trails
    {
        get
        {
            lock (gate)
                return [.. trails];
        }
    }

    /// <summary>Adds customers, or replaces those of the same id.</summary>
    public void Add(params IEnumerable<OkkiCompany> added)
    {
        lock (gate)
        {
            foreach (var company in added)
            {
                companies.RemoveAll(known => known.Id == company.Id);
                companies.Add(company);
            }
        }
    }

    /// <summary>Adds a record as somebody does who works with the CRM.</summary>
    public OkkiTrail AddTrail(long companyId, int type, string content)
    {
        lock (gate)
        {
            var trail = new OkkiTrail(FirstTrail + trails.Count, companyId, type, content, time.GetUtcNow());
            trails.Add(trail);
            return trail;
        }
    }

    public void Remove(long id)
    {
        lock (gate)
            companies.RemoveAll(company => company.Id == id);
    }

    /// <summary>All tokens given so far are worth nothing.</summary>
    public void ExpireTokens() => tokens.Clear();

    public ValueTask DisposeAsync() => listening.DisposeAsync();

    private async Task<HttpAnswer?> AnswerAsync(HttpCall call, CancellationToken ct)
    {
        var uri = new Uri(Url + call.Path);
        requests.Enqueue((time.GetUtcNow(), uri.PathAndQuery));
        var path = uri.AbsolutePath;
        if (Faults.Delay.TryTake(path, out var delay))
            await Task.Delay(delay, time, ct);
        if (Faults.DropBefore.TryTake(path, out _))
            return null;
        if (Faults.Status.TryTake(path, out var status))
            return Raw(status, "<html>Bad Gateway</html>");
        if (Faults.Business.TryTake(path, out var message))
            return Failure(-1, message);
        var answer = Answer(call, path, Query(uri));
        return Faults.DropAfter.TryTake(path, out _) ? null : answer;
    }

    private HttpAnswer Answer(HttpCall call, string path, Dictionary<string, string> query)
    {
        if (path == "/v1/oauth2/access_token")
            return Token(call);
        if (!IsAuthorized(call))
            return Reply(401, new { error = "access_denied", error_description = "The resource owner or authorization server denied the request." });
        return (call.Method, path) switch
        {
            ("GET", "/v1/company/query") => Find(query),
            ("GET", "/v1/company/info") => Show(query),
            ("GET", "/v1/company/list") => ListCompanies(query),
            ("POST", "/v1/dynamic/trail/push") => Push(call.Body),
            ("GET", "/v1/dynamic/trail/list") => ListTrails(query),
            ("GET", "/v1/user/list") => Success(Users.Select((email, i) => new { user_id = Text(11_858_711 + i), nickname = email.Split('@')[0], email, enable_flag = "1" })),
            _ => Raw(404, "<html>Not Found</html>"),
        };
    }

    private HttpAnswer Token(HttpCall call)
    {
        var given = Fields(call);
        if (given.GetValueOrDefault("grant_type") != "client_credentials" || given.GetValueOrDefault("client_id") != ClientId || given.GetValueOrDefault("client_secret") != ClientSecret)
            return Reply(401, new { error = "invalid_client", error_description = "Client authentication failed" });
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        tokens[token] = time.GetUtcNow().AddSeconds(TokenSeconds);
        return Reply(200, new { token_type = "Bearer", expires_in = TokenSeconds, access_token = token });
    }

    private bool IsAuthorized(HttpCall call) =>
        call.Headers.TryGetValue("Authorization", out var header)
        && header.StartsWith("Bearer ", StringComparison.Ordinal)
        && tokens.TryGetValue(header["Bearer ".Length..], out var until)
        && until > time.GetUtcNow();

    private HttpAnswer Find(Dictionary<string, string> query)
    {
        var word = query.GetValueOrDefault("word", "").Trim();
        if (word.Length == 0)
            return Failure(-1, "word不能为空");
        var field = query.GetValueOrDefault("search_field", "name");
        var found = Snapshot().Where(company => field switch
        {
            "customer_list.email" => company.Contacts.Any(contact => contact.Email.Equals(word, StringComparison.OrdinalIgnoreCase)),
            "customer_list.email.domain" => company.Contacts.Any(contact => contact.Email.EndsWith("@" + word, StringComparison.OrdinalIgnoreCase) || contact.Email.EndsWith("." + word, StringComparison.OrdinalIgnoreCase)),
            _ => company.Name.Contains(word, StringComparison.OrdinalIgnoreCase) || company.ShortName.Contains(word, StringComparison.OrdinalIgnoreCase),
        }).ToList();
        var (first, count) = Page(query);
        return Success(new
        {
            list = found.Skip(first).Take(count).Select(company => new { serial_id = $"S{company.Id}", company_id = Text(company.Id), is_public = 0, name = company.Name, short_name = company.ShortName }),
            totalItem = Text(found.Count),
        });
    }

    private HttpAnswer Show(Dictionary<string, string> query)
    {
        if (!long.TryParse(query.GetValueOrDefault("company_id"), CultureInfo.InvariantCulture, out var id) || Snapshot().Find(company => company.Id == id) is not { } found)
            return Failure(404, "Not Found Resource");
        return Success(new
        {
            company_id = found.Id,
            name = found.Name,
            short_name = found.ShortName,
            serial_id = $"S{found.Id}",
            country = found.Country,
            homepage = found.Homepage,
            tag = Array.Empty<object>(),
            trail_status = Array.Empty<object>(),
            next_follow_up_time = "1970-01-01 00:00:00",
            update_time = Beijings(found.UpdatedAt),
            customers = found.Contacts.Select((contact, i) => new { customer_id = Text((found.Id * 100) + i), company_id = found.Id, name = contact.Name, email = contact.Email, tel_list = Array.Empty<object>() }),
            company = new[] { new { group_id = 1, name = "基本信息", fields = new object[] { new { id = "name", name = "公司名称", field_type = "1", value = found.Name }, new { id = "13193575265935", name = "客户主营产品", field_type = "7", value = found.Products } } } },
        });
    }

    private HttpAnswer ListCompanies(Dictionary<string, string> query)
    {
        var since = query.TryGetValue("start_time", out var day) && DateTime.TryParse(day, CultureInfo.InvariantCulture, out var start) ? new DateTimeOffset(start, Beijing) : DateTimeOffset.MinValue;
        var found = Snapshot().Where(company => company.UpdatedAt >= since).OrderBy(company => company.Id).ToList();
        var (first, count) = Page(query);
        return Success(new
        {
            list = found.Skip(first).Take(count).Select(company => new
            {
                company_id = company.Id % 2 == 0 ? (object)company.Id : Text(company.Id),
                name = company.Name,
                short_name = company.ShortName,
                serial_id = $"S{company.Id}",
                user_id = Array.Empty<object>(),
                order_time = "1970-01-01 00:00:00",
                update_time = Beijings(company.UpdatedAt),
            }),
            totalItem = found.Count,
            count,
        });
    }

    private HttpAnswer Push(byte[] body)
    {
        JsonElement given;
        try
        {
            given = JsonDocument.Parse(body).RootElement;
        }
        catch (JsonException)
        {
            return Failure(-1, "参数错误");
        }

        var id = given.TryGetProperty("company_id", out var company) && company.TryGetInt64(out var number) ? number : 0;
        var content = given.TryGetProperty("content", out var text) ? text.GetString() ?? "" : "";

        // Clients that say trail_type get the default for everything.
        var type = given.TryGetProperty("remark_type", out var asked) ? asked.GetInt32() : 101;
        if (id == 0)
            return Failure(-1, "lead_id and company_id and opportunity_id is empty");
        if (content.Length == 0)
            return Failure(-1, "备注内容不能为空");
        if (type is < 101 or > 112)
            return Failure(-1, "不支持的类型");
        lock (gate)
        {
            if (!companies.Exists(known => known.Id == id))
                return Failure(-1, "客户不存在");
            var trail = AddTrail(id, type, content);
            return Success(new { trail_id = trail.Id % 2 == 0 ? (object)trail.Id : Text(trail.Id) });
        }
    }

    private HttpAnswer ListTrails(Dictionary<string, string> query)
    {
        var id = long.TryParse(query.GetValueOrDefault("company_id"), CultureInfo.InvariantCulture, out var number) ? number : 0;
        var found = Trails.Where(trail => id == 0 || trail.CompanyId == id).Reverse().ToList();
        var (first, count) = Page(query);
        return Success(new
        {
            list = found.Skip(first).Take(count).Select(trail => new
            {
                follow_up_id = trail.Id + 1_000_000,
                trail_id = trail.Id,
                type = trail.Type,
                content = trail.Type == MailType && Faults.HidesMailContents ? "" : trail.Content,
                company_id = trail.CompanyId,
                created_at = Beijings(trail.CreatedAt),
                create_time = Beijings(trail.CreatedAt),
                update_time = Beijings(trail.CreatedAt),
                lead_info = Array.Empty<object>(),
                opportunity_info = Array.Empty<object>(),
            }),
            totalItem = found.Count,
        });
    }

    private List<OkkiCompany> Snapshot()
    {
        lock (gate)
            return [.. companies];
    }

    private static (int First, int Count) Page(Dictionary<string, string> query)
    {
        var page = int.TryParse(query.GetValueOrDefault("start_index"), CultureInfo.InvariantCulture, out var asked) ? Math.Max(1, asked) : 1;
        var count = int.TryParse(query.GetValueOrDefault("count"), CultureInfo.InvariantCulture, out var size) ? Math.Clamp(size, 1, 200) : 20;
        return ((page - 1) * count, count);
    }

    /// <summary>From a form or JSON: the published description says one, its text the other.</summary>
    private static Dictionary<string, string> Fields(HttpCall call)
    {
        if (!call.Headers.GetValueOrDefault("Content-Type", "").Contains("json", StringComparison.OrdinalIgnoreCase))
            return Query(new Uri("http://x/?" + Encoding.UTF8.GetString(call.Body)));
        using var document = JsonDocument.Parse(call.Body);
        return document.RootElement.EnumerateObject().ToDictionary(field => field.Name, field => field.Value.ToString(), StringComparer.Ordinal);
    }

    private static Dictionary<string, string> Query(Uri uri)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var pair = part.Replace('+', ' ').Split('=', 2);
            fields[Uri.UnescapeDataString(pair[0])] = pair.Length > 1 ? Uri.UnescapeDataString(pair[1]) : "";
        }

        return fields;
    }

    private string Beijings(DateTimeOffset at) => at.ToOffset(Beijing).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private HttpAnswer Success(object data) => Reply(200, new { code = 200, message = "success", now = Beijings(time.GetUtcNow()), data });

    private HttpAnswer Failure(int code, string message) => Reply(200, new { code, message, now = Beijings(time.GetUtcNow()), data = Array.Empty<object>() });

    private static HttpAnswer Reply(int status, object body) => new(status, JsonSerializer.SerializeToUtf8Bytes(body, Json));

    private static HttpAnswer Raw(int status, string text) => new(status, Encoding.UTF8.GetBytes(text));
}

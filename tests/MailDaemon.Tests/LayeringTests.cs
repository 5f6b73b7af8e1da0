using System.Text.RegularExpressions;

namespace MailDaemon.Tests;

/// <summary>The order of the house, read from the sources: who may use whom. It sees words, so comments and strings are cut out first.</summary>
public sealed partial class LayeringTests
{
    // A folder of Engine uses those in lines below its own; folders in one line do not use one another.
    private static readonly string[][] EngineOrder =
    [
        ["Sync"],
        ["Rules"],
        ["Actions"],
        ["Providers", "Cache", "Labels", "Agents", "Okki"],
        ["Accounts", "Hooks"],
        ["Net"],
        ["Storage", "Events"],
        ["Messages", "Threading"],
    ];

    // Parts of one class or one namespace that a folder only keeps in order.
    private static readonly string[] FoldersWithoutNamespace = ["MailDaemon.Protocols.Imap.Commands", "MailDaemon.Protocols.Imap.Types"];

    // Stands in for a package and has its namespaces, so that the package can take its place.
    private static readonly string[] FoldersOfPackages = ["MailDaemon.Engine.Providers.Gmail.Service", "MailDaemon.Engine.Providers.Gmail.Service.Data"];

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly string Root = FindRoot();
    private static readonly SourceFile[] Sources = ReadSources();

    [Fact]
    public void Namespaces_are_the_folders() => Sources
        .Where(file => !FoldersWithoutNamespace.Union(FoldersOfPackages).Contains(string.Join('.', file.Folders), StringComparer.Ordinal))
        .Where(file => file.Namespace is not null && !file.Namespace.Equals(string.Join('.', file.Folders), StringComparison.Ordinal))
        .Select(file => $"{file.Path} says {file.Namespace}")
        .ShouldBeEmpty();

    [Fact]
    public void Projects_refer_to_each_other_as_the_house_is_drawn()
    {
        // Protocols is there to run with, and hidden from the compiler by a target of that project.
        References("MailDaemon").ShouldBe(["MailDaemon.Engine", "MailDaemon.Protocols", "MailDaemon.Sandbox"]);
        ProjectText("MailDaemon").ShouldContain("HideProtocols");
        References("MailDaemon.Engine").ShouldBe(["MailDaemon.Protocols"]);
        References("MailDaemon.Sandbox").ShouldBe(["MailDaemon.Protocols"]);
        References("MailDaemon.Protocols").ShouldBeEmpty();
        PackageReference().Matches(ProjectText("MailDaemon.Protocols")).Select(match => match.Groups["name"].Value).ShouldBe(["UTF.Unknown"]);
        ProjectText("MailDaemon.Protocols").ShouldNotContain("FrameworkReference");
    }

    [Fact]
    public void Engine_folders_use_only_those_below() => Sources
        .Where(file => file.Folders is ["MailDaemon.Engine", _, ..])
        .SelectMany(file => file.Uses("MailDaemon.Engine").Where(used => !IsBelow(used, file.Folders[1])).Select(used => $"{file.Path} uses {used}"))
        .ShouldBeEmpty();

    [Fact]
    public void Every_engine_folder_has_its_place_in_the_order() => Sources
        .Where(file => file.Folders is ["MailDaemon.Engine", _, ..])
        .Select(file => file.Folders[1])
        .Except(EngineOrder.SelectMany(line => line), StringComparer.Ordinal)
        .ShouldBeEmpty();

    [Fact]
    public void Protocols_uses_the_base_class_library_and_the_charset_detector_only() => Sources
        .Where(file => file.Project.Equals("MailDaemon.Protocols", StringComparison.Ordinal))
        .SelectMany(file => file.Usings
            .Where(used => !IsOrIsUnder(used, "System") && !IsOrIsUnder(used, "MailDaemon.Protocols") && !IsOrIsUnder(used, "UtfUnknown"))
            .Select(used => $"{file.Path} uses {used}"))
        .ShouldBeEmpty();

    [Theory]
    [InlineData("MailDaemon.Sandbox", "MailDaemon.Engine")]
    [InlineData("MailDaemon.Engine", "MailDaemon.Sandbox")]
    [InlineData("MailDaemon.Engine", "Microsoft.AspNetCore")]
    [InlineData("MailDaemon", "MailDaemon.Protocols")]
    public void A_project_does_not_know(string project, string stranger) => Sources
        .Where(file => file.Project.Equals(project, StringComparison.Ordinal) && file.Code.Contains(stranger + ".", StringComparison.Ordinal))
        .Select(file => file.Path)
        .ShouldBeEmpty();

    [Fact]
    public void Endpoints_do_not_use_one_another_and_the_rooms_they_share_do_not_use_them()
    {
        string[] rooms = ["Api", "Hosting", "Engine", "Sandbox", "Protocols"];
        string[] listsOfAll = ["Routes.cs", "ApiJson.cs"];
        string[] providers = ["Gmail", "Outlook", "Imap"];
        Sources
            .Where(file => file.Folders is ["MailDaemon", _, ..] && !listsOfAll.Contains(file.Name, StringComparer.Ordinal))
            .SelectMany(file => file.Uses("MailDaemon")
                .Except([.. rooms, file.Folders[1]], StringComparer.Ordinal)
                .Where(used => !(used is "Accounts" && providers.Contains(file.Folders[1], StringComparer.Ordinal)))
                .Select(used => $"{file.Path} uses {used}"))
            .ShouldBeEmpty();
    }

    [Fact]
    public void Only_the_host_and_methods_that_register_read_configuration() => Sources
        .Where(file => Configuration().IsMatch(file.Code))
        .Where(file => file.Folders is not (["MailDaemon"] or ["MailDaemon", "Hosting", ..]) && !RegisterMethod().IsMatch(file.Code))
        .Select(file => file.Path)
        .ShouldBeEmpty();

    [Fact]
    public void Nothing_below_sync_knows_the_scheduler() => Sources
        .Where(file => file.Folders is ["MailDaemon.Engine", not "Sync", ..] or ["MailDaemon.Protocols" or "MailDaemon.Sandbox", ..])
        .Where(file => Scheduler().IsMatch(file.Code))
        .Select(file => file.Path)
        .ShouldBeEmpty();

    private static bool IsBelow(string used, string user)
    {
        var (usedLine, userLine) = (LineOf(used), LineOf(user));
        return used.Equals(user, StringComparison.Ordinal) || usedLine < 0 || usedLine > userLine;

        static int LineOf(string folder) => Array.FindIndex(EngineOrder, line => line.Contains(folder, StringComparer.Ordinal));
    }

    private static bool IsOrIsUnder(string name, string parent) =>
        name.Equals(parent, StringComparison.Ordinal) || name.StartsWith(parent + ".", StringComparison.Ordinal);

    private static string ProjectText(string project) => File.ReadAllText(Path.Combine(Root, "src", project, project + ".csproj"));

    private static string[] References(string project) =>
        [.. ProjectReference().Matches(ProjectText(project)).Select(match => match.Groups["name"].Value).Order(StringComparer.Ordinal)];

    private static string FindRoot()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "MailDaemon.sln"))) directory = Path.GetDirectoryName(directory)!;
        return directory;
    }

    private static SourceFile[] ReadSources() => [.. Directory
        .EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Path.Combine(Root, "src"), file))
        .Where(file => !BuildOutput().IsMatch(file))
        .Select(file => new SourceFile(file, CommentOrString().Replace(File.ReadAllText(Path.Combine(Root, "src", file)), " ")))];

    /// <param name="Path">Below <c>src</c>.</param>
    /// <param name="Code">Its text without comments and strings.</param>
    private sealed record SourceFile(string Path, string Code)
    {
        public string Name => System.IO.Path.GetFileName(Path);

        public string[] Folders => System.IO.Path.GetDirectoryName(Path)!.Split(System.IO.Path.DirectorySeparatorChar);

        public string Project => Folders[0];

        public string? Namespace => NamespaceLine().Match(Code) is { Success: true } match ? match.Groups["name"].Value : null;

        public IEnumerable<string> Usings => UsingLine().Matches(Code).Select(match => match.Groups["name"].Value);

        /// <summary>The names directly under a namespace that this file mentions: by using, or spelled out.</summary>
        public IEnumerable<string> Uses(string parent) => Regex
            .Matches(Code, $@"(?<![\w.]){Regex.Escape(parent)}\.\w+", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, Limit)
            .Select(match => match.Value[(parent.Length + 1)..])
            .Distinct(StringComparer.Ordinal);
    }

    [GeneratedRegex("""//[^\n]*|/\*.*?\*/|\"{3}.*?\"{3}|@"(?:[^"]|"")*"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'""", RegexOptions.Singleline, 5000)]
    private static partial Regex CommentOrString();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline, 5000)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"^(?:global )?using (?:static )?(?:\w+ = )?(?<name>[\w.]+)[<;]", RegexOptions.Multiline, 5000)]
    private static partial Regex UsingLine();

    [GeneratedRegex(@"(?:^|[\\/])(?:bin|obj)[\\/]", RegexOptions.None, 5000)]
    private static partial Regex BuildOutput();

    [GeneratedRegex("""<ProjectReference Include="[^"]*?(?<name>[\w.]+)\.csproj""", RegexOptions.None, 5000)]
    private static partial Regex ProjectReference();

    [GeneratedRegex("""<PackageReference Include="(?<name>[\w.]+)" """, RegexOptions.None, 5000)]
    private static partial Regex PackageReference();

    [GeneratedRegex(@"\bIConfiguration\w*\b|\bMicrosoft\.Extensions\.Configuration\b", RegexOptions.None, 5000)]
    private static partial Regex Configuration();

    [GeneratedRegex(@"\bstatic \w+ Add\w+\(\s*this ", RegexOptions.None, 5000)]
    private static partial Regex RegisterMethod();

    [GeneratedRegex(@"\bQuartz\b", RegexOptions.None, 5000)]
    private static partial Regex Scheduler();
}

namespace MailDaemon.Tests.Support;

/// <summary>Files that say what the API was when somebody last looked. <c>MAILDAEMON_UPDATE_GOLDEN=1</c> writes them anew.</summary>
public static class Golden
{
    public static void Compare(string name, string actual)
    {
        var path = Path.Combine(Repository.Root, "tests", "MailDaemon.Tests", "Golden", name);
        if (Environment.GetEnvironmentVariable("MAILDAEMON_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(path, actual);
            return;
        }

        var expected = File.Exists(path) ? File.ReadAllText(path) : "";
        actual.ShouldBe(expected, $"Golden/{name} differs; with MAILDAEMON_UPDATE_GOLDEN=1 the tests write it anew, to be looked at before it is committed");
    }
}

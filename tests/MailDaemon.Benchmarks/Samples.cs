namespace MailDaemon.Benchmarks;

/// <summary>What was measured again and again.</summary>
internal sealed class Samples
{
    private readonly List<double> _values = [];

    public bool Any => _values.Count > 0;

    public double Median => Percentile(50);

    public void Add(double value) => _values.Add(value);

    public void Add(TimeSpan value) => Add(value.TotalSeconds);

    /// <summary>The smallest value that so many percent do not exceed.</summary>
    public double Percentile(int percent) => _values.Order().ElementAt(Math.Max(0, (int)Math.Ceiling(_values.Count * percent / 100.0) - 1));
}

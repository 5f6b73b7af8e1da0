namespace MailDaemon.Engine.Okki;

/// <summary>Whose mail it is.</summary>
/// <param name="MatchType"><c>pinned, contact, domain, domain_partial, vector</c>, or <c>given</c> when somebody said so.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="Evidence">By what, in words.</param>
/// <param name="Candidates">All that came into question, the likeliest first.</param>
public sealed record CustomerMatch(long CompanyId, string Name, string MatchType, double Confidence, string Evidence, IReadOnlyList<CustomerCandidate> Candidates);

/// <summary>A customer that came into question.</summary>
public sealed record CustomerCandidate(long CompanyId, string Name, double Score);

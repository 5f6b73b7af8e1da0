namespace MailDaemon.Engine.Okki;

/// <summary>The way to the CRM that the settings name at present.</summary>
internal sealed class Crms(OkkiSettings settings, OkkiHttp http, OkkiCommand command)
{
    public ICrm Current => settings.Current.Mode == "cli" ? command : http;
}

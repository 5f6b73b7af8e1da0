using System.Globalization;

namespace MailDaemon.Tests.Peers;

/// <summary>The user mail is kept as: Dovecot does not serve mail as root, so root hands it to nobody.</summary>
internal sealed record MailOwner(string User, string Group, string UserId, string GroupId, bool IsRoot)
{
    public static async Task<MailOwner> CurrentAsync(CancellationToken ct)
    {
        if (Environment.IsPrivilegedProcess) return new MailOwner("nobody", "nogroup", "65534", "65534", true);
        return new MailOwner(await IdAsync("-un"), await IdAsync("-gn"), await IdAsync("-u"), await IdAsync("-g"), false);

        async Task<string> IdAsync(string what) => (await PeerTool.RunAsync("id", [what], null, ct)).Trim();
    }
}

/// <summary>Writes dovecot.conf (Dovecot 2.3) for a directory that holds all the server's files.</summary>
internal static class DovecotConfig
{
    // What Debian's Dovecot 2.3.19 announces by itself; the setting takes only whole lists.
    private const string AllCapabilities =
        "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS THREAD=ORDEREDSUBJECT "
        + "MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH "
        + "ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW STATUS=SIZE SAVEDATE "
        + "LITERAL+ NOTIFY SPECIAL-USE";

    public static string Write(string directory, DovecotOptions options, MailOwner owner, int imapPort, int imapsPort) => $$"""
        base_dir = {{directory}}/run
        state_dir = {{directory}}/run
        log_path = {{directory}}/dovecot.log
        protocols = imap
        listen = 127.0.0.1

        ssl = yes
        ssl_cert = <{{directory}}/server.pem
        ssl_key = <{{directory}}/server.key

        mail_home = {{directory}}/mail/%Lu
        mail_location = {{Location(options.Layout)}}
        mail_uid = {{owner.UserId}}
        mail_gid = {{owner.GroupId}}
        first_valid_uid = 1
        first_valid_gid = 1
        mail_fsync = never
        mail_max_userip_connections = {{options.ConnectionsPerUser.ToString(CultureInfo.InvariantCulture)}}
        mail_plugins = {{(options.Compress ? "zlib" : "")}}

        auth_mechanisms = {{options.AuthMechanisms}}
        auth_failure_delay = 0
        passdb {
          driver = passwd-file
          args = {{directory}}/users/%Lu
        }
        userdb {
          driver = static
          args = uid={{owner.UserId}} gid={{owner.GroupId}} home={{directory}}/mail/%Lu
        }

        namespace inbox {
          inbox = yes
          separator = {{options.Separator}}
        {{string.Concat(options.Folders.Select(Folder))}}}

        protocol imap {
          mail_plugins = {{(options.Compress ? "zlib imap_zlib" : "")}}
          imap_idle_notify_interval = {{((long)options.IdleNotify.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)}} ms
        {{(options.Transcripts ? $"  rawlog_dir = {directory}/transcripts/%Lu\n" : "")}}}
        {{Capability(options.WithoutCapabilities)}}
        protocol lda {
          log_path = {{directory}}/lda.log
          postmaster_address = postmaster@{{DovecotServer.Domain}}
        }

        default_process_limit = 200
        default_vsz_limit = 512 M
        {{Services(owner, imapPort, imapsPort)}}
        {{options.ExtraConfig}}

        """;

    private static string Location(MailLayout layout) => layout switch
    {
        MailLayout.Maildir => "maildir:~/Maildir",
        MailLayout.Sdbox => "sdbox:~/sdbox",
        _ => "mdbox:~/mdbox",
    };

    private static string Folder((string Name, string? SpecialUse) folder) =>
        $"  mailbox \"{folder.Name}\" {{\n    auto = subscribe\n"
        + (folder.SpecialUse is null ? "" : $"    special_use = {folder.SpecialUse}\n")
        + "  }\n";

    private static string Capability(IReadOnlyList<string> without) => without.Count == 0
        ? ""
        : "imap_capability = " + string.Join(' ', AllCapabilities.Split(' ').Except(without, StringComparer.OrdinalIgnoreCase)) + "\n";

    // Without root nothing can be entered by chroot, and all parts run as the one user.
    private static string Services(MailOwner owner, int imapPort, int imapsPort)
    {
        var rootless = owner.IsRoot ? "" : $$"""
            default_internal_user = {{owner.User}}
            default_login_user = {{owner.User}}
            default_internal_group = {{owner.Group}}
            service anvil {
              chroot =
            }
            service ipc {
              chroot =
            }

            """;
        return rootless + $$"""
            service imap-login {
              {{(owner.IsRoot ? "" : "chroot =")}}
              service_count = 0
              process_limit = 4
              inet_listener imap {
                port = {{imapPort.ToString(CultureInfo.InvariantCulture)}}
              }
              inet_listener imaps {
                port = {{imapsPort.ToString(CultureInfo.InvariantCulture)}}
                ssl = yes
              }
            }
            service auth {
              unix_listener auth-submission {
                mode = 0666
              }
              unix_listener auth-userdb {
                mode = 0666
              }
            }
            service stats {
              {{(owner.IsRoot ? "" : "chroot =")}}
              unix_listener stats-writer {
                mode = 0666
              }
            }
            """;
    }
}

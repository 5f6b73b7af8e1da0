using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Imap;
using MailDaemon.Protocols.Imap;

namespace MailDaemon.Tests.Providers.Imap;

public sealed class FolderNamesTests
{
    [Theory]
    [InlineData("Gesendete Elemente", "Gelöschte Elemente", "Entwürfe", "Junk-E-Mail", "Archiv")]
    [InlineData("Éléments envoyés", "Éléments supprimés", "Brouillons", "Courrier indésirable", "Archive")]
    [InlineData("Elementos enviados", "Elementos eliminados", "Borradores", "Correo no deseado", "Archivo")]
    [InlineData("Itens Enviados", "Itens Excluídos", "Rascunhos", "Lixo Eletrônico", "Arquivo Morto")]
    [InlineData("Posta inviata", "Posta eliminata", "Bozze", "Posta indesiderata", "Archivio")]
    [InlineData("Verzonden items", "Verwijderde items", "Concepten", "Ongewenste e-mail", "Archief")]
    [InlineData("Skickade objekt", "Borttagna objekt", "Utkast", "Skräppost", "Arkiv")]
    [InlineData("Sendte elementer", "Slettede elementer", "Kladder", "Uønsket e-mail", "Arkiv")]
    [InlineData("Lähetetyt", "Poistetut", "Luonnokset", "Roskaposti", "Arkisto")]
    [InlineData("Elementy wysłane", "Elementy usunięte", "Wersje robocze", "Wiadomości-śmieci", "Archiwum")]
    [InlineData("Odeslaná pošta", "Odstraněná pošta", "Koncepty", "Nevyžádaná pošta", "Archiv")]
    [InlineData("Elküldött elemek", "Törölt elemek", "Piszkozatok", "Levélszemét", "Archívum")]
    [InlineData("Elemente trimise", "Elemente șterse", "Ciorne", "Corespondență nedorită", "Arhivă")]
    [InlineData("Απεσταλμένα", "Διαγραμμένα", "Πρόχειρα", "Ανεπιθύμητη αλληλογραφία", "Αρχειοθέτηση")]
    [InlineData("Gönderilmiş Öğeler", "Silinmiş Öğeler", "Taslaklar", "Gereksiz E-posta", "Arşiv")]
    [InlineData("Отправленные", "Удалённые", "Черновики", "Нежелательная почта", "Архив")]
    [InlineData("Надіслані", "Видалені", "Чернетки", "Небажана пошта", "Архів")]
    [InlineData("פריטים שנשלחו", "פריטים שנמחקו", "טיוטות", "דואר זבל", "ארכיון")]
    [InlineData("العناصر المرسلة", "العناصر المحذوفة", "المسودات", "البريد الإلكتروني غير الهام", "الأرشيف")]
    [InlineData("Mục đã Gửi", "Mục đã Xóa", "Nháp", "Thư rác", "Lưu trữ")]
    [InlineData("보낸 편지함", "지운 편지함", "임시 보관함", "정크 메일", "보관함")]
    [InlineData("送信済みアイテム", "削除済みアイテム", "下書き", "迷惑メール", "アーカイブ")]
    [InlineData("已发送邮件", "已删除邮件", "草稿箱", "垃圾邮件", "归档")]
    [InlineData("寄件備份", "刪除的郵件", "草稿", "垃圾郵件", "封存")]
    [InlineData("SENT MESSAGES", "deleted-messages", "draft", "Bulk Mail", "Archives")]
    public void Names_of_mail_programs_tell_roles(string sent, string trash, string drafts, string spam, string archive) =>
        Roles([sent, trash, drafts, spam, archive]).ShouldBe(["sent", "trash", "drafts", "spam", "archive"]);

    [Fact]
    public void Decomposed_accents_and_other_letter_case_are_the_same_name() =>
        Roles(["GELÖSCHTE ELEMENTE".Normalize(System.Text.NormalizationForm.FormD), "éléments ENVOYÉS"]).ShouldBe(["trash", "sent"]);

    [Theory]
    [InlineData("Sentinel")]
    [InlineData("Trash talk")]
    [InlineData("客户")]
    [InlineData("Papierkorb 2019")]
    public void Name_that_only_begins_so_tells_nothing(string name) => Roles([name]).ShouldBe(["other"]);

    [Theory]
    [InlineData("Kunden/Papierkorb", "other")]
    [InlineData("INBOX/Papierkorb", "trash")]
    [InlineData("INBOX/Alt/Papierkorb", "other")]
    [InlineData("[Gmail]/Papierkorb", "trash")]
    public void Name_deep_in_folders_of_ones_own_tells_nothing(string path, string role) =>
        ImapFolders.Resolve([Listing("INBOX"), Listing("Kunden"), Listing("[Gmail]", "\\Noselect"), Listing(path)])[^1].Role.Name().ShouldBe(role);

    [Fact]
    public void Owner_decides_before_marks_and_names()
    {
        var listings = new[] { Listing("INBOX"), Listing("Trash", "\\Trash"), Listing("Ablage"), Listing("Sent") };

        var folders = ImapFolders.Resolve(listings, new FolderRolePaths(Trash: "Ablage"));

        folders.Select(f => f.Role.Name()).ShouldBe(["inbox", "other", "trash", "sent"]);
        ImapFolders.Assign(folders, FolderRolePaths.None).Select(f => f.Role.Name()).ShouldBe(["inbox", "trash", "other", "sent"]);
    }

    private static IEnumerable<string> Roles(string[] names) => ImapFolders.Resolve([.. names.Select(n => Listing(n))]).Select(f => f.Role.Name());

    private static MailboxListing Listing(string name, params string[] attributes) => new() { Name = name, Delimiter = '/', Attributes = attributes };
}

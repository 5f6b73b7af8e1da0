using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Providers.Imap;

/// <summary>
/// What folders are for by the names that servers and mail programs give them, in some 40 languages: Exchange and Outlook, Gmail, Apple Mail,
/// Thunderbird, QQ, 163, Yandex and others. Compared by letters and digits alone, without case, accents, spaces and hyphens. Pure.
/// </summary>
internal static class FolderNames
{
    private static readonly string[] Sent =
    [
        "Sent", "Sent Items", "Sent Messages", "Sent Mail", "Sent E-mail", "Sent Objects",
        "Gesendet", "Gesendete Elemente", "Gesendete Objekte", "Gesendete Nachrichten",
        "Envoyés", "Éléments envoyés", "Messages envoyés", "Courrier envoyé", "Objets envoyés",
        "Enviados", "Elementos enviados", "Mensajes enviados", "Correo enviado", "Enviado",
        "Itens enviados", "E-mails enviados", "Mensagens enviadas", "Enviadas", "Correio enviado",
        "Posta inviata", "Inviata", "Inviati", "Messaggi inviati", "Elementi inviati",
        "Verzonden", "Verzonden items", "Verzonden berichten", "Verstuurd",
        "Skickat", "Skickade objekt", "Skickade meddelanden", "Skickade",
        "Sendt", "Sendt post", "Sendte elementer", "Sendte", "Sendte beskeder", "Sendte meldinger",
        "Lähetetyt", "Lähetetyt kohteet", "Lähetetyt viestit",
        "Sendur póstur", "Send atriði", "Sendir hlutir",
        "Wysłane", "Elementy wysłane", "Wysłane elementy", "Wiadomości wysłane",
        "Odeslaná pošta", "Odeslané", "Odeslaná", "Odoslaná pošta", "Odoslané", "Odoslaná",
        "Elküldött elemek", "Elküldött", "Elküldött üzenetek", "Elküldött levelek",
        "Elemente trimise", "Mesaje trimise", "Trimise",
        "Изпратени", "Изпратени елементи", "Изпратена поща",
        "Poslano", "Poslane stavke", "Poslana pošta", "Poslani elementi", "Poslate stavke", "Poslato", "Послате ставке", "Послато", "Испратени",
        "Απεσταλμένα", "Απεσταλμένα στοιχεία", "Εξερχόμενα μηνύματα",
        "Gönderilmiş Öğeler", "Gönderilenler", "Gönderilmiş Postalar", "Gönderilmiş", "Gönderilen",
        "Отправленные", "Отправленное", "Отправленные элементы", "Исходящие сообщения",
        "Надіслані", "Надіслане", "Надіслані елементи", "Відправлені", "Адпраўленыя",
        "Saadetud", "Saadetud üksused", "Saadetud kirjad", "Nosūtītie", "Nosūtītie vienumi", "Nosūtīts", "Išsiųsta", "Išsiųsti", "Išsiųsti elementai", "Išsiųsti laiškai",
        "פריטים שנשלחו", "דואר שנשלח", "דואר יוצא שנשלח", "נשלח", "נשלחו",
        "العناصر المرسلة", "البريد المرسل", "المرسلة", "الرسائل المرسلة", "مرسل",
        "موارد ارسالی", "ارسال شده", "نامه‌های ارسالی", "भेजे गए आइटम", "भेजे गए मेल", "भेजे गए",
        "รายการที่ส่ง", "รายการที่ถูกส่ง", "จดหมายที่ส่งแล้ว", "ส่งแล้ว", "Mục đã gửi", "Thư đã gửi", "Đã gửi",
        "Item Terkirim", "Terkirim", "Pesan Terkirim", "Surat Terkirim", "Item Dihantar", "Dihantar", "Mel Dihantar",
        "보낸 편지함", "보낸 메일함", "보낸 항목", "보낸 메일",
        "送信済みアイテム", "送信済みメール", "送信済み", "送信済", "送信済みトレイ",
        "已发送", "已发送邮件", "已发邮件", "已发送的邮件", "发件箱已发送", "已发送项目", "已发送消息", "寄件備份", "寄件備份匣", "已傳送郵件", "已傳送", "已傳送的郵件", "寄件備份郵件", "已寄出",
        "Elements enviats", "Enviats", "Bidalitako elementuak", "Bidalita", "Bidalitakoak",
    ];

    private static readonly string[] Drafts =
    [
        "Drafts", "Draft", "Draft Messages", "Entwürfe", "Entwurf", "Brouillons", "Brouillon", "Borradores", "Borrador", "Rascunhos", "Rascunho", "Bozze", "Bozza",
        "Concepten", "Concept", "Utkast", "Kladder", "Kladde", "Kladd", "Luonnokset", "Drög",
        "Kopie robocze", "Wersje robocze", "Szkice", "Robocze", "Koncepty", "Rozepsané", "Rozpísané", "Piszkozatok", "Vázlatok", "Schițe", "Ciorne", "Mesaje nefinalizate",
        "Чернови", "Skice", "Osnutki", "Nacrti", "Nedovršene poruke", "Недовршене поруке", "Радне верзије", "Нацрти",
        "Πρόχειρα", "Taslaklar", "Taslak", "Черновики", "Чернетки", "Чарнавікі",
        "Mustandid", "Melnraksti", "Juodraščiai", "טיוטות", "المسودات", "مسودات", "پیش‌نویس‌ها", "پیش نویس", "ड्राफ़्ट", "मसौदे",
        "แบบร่าง", "ร่างจดหมาย", "จดหมายร่าง", "ฉบับร่าง", "Nháp", "Thư nháp", "Bản nháp", "Draf", "Konsep",
        "임시 보관함", "임시 저장", "임시보관", "下書き", "下書きトレイ", "草稿", "草稿箱", "草稿夹", "草稿匣", "草稿郵件",
        "Esborranys", "Zirriborroak",
    ];

    private static readonly string[] Trash =
    [
        "Trash", "Trash Can", "Bin", "Recycle Bin", "Deleted", "Deleted Items", "Deleted Messages", "Deleted Mail", "Deleted Objects", "Wastebasket",
        "Papierkorb", "Gelöscht", "Gelöschte Elemente", "Gelöschte Objekte", "Gelöschte Nachrichten",
        "Corbeille", "Éléments supprimés", "Messages supprimés", "Supprimés", "Objets supprimés", "Poubelle",
        "Papelera", "Papelera de reciclaje", "Elementos eliminados", "Eliminados", "Mensajes eliminados", "Correo eliminado",
        "Lixeira", "Lixo", "Itens excluídos", "Excluídos", "Itens eliminados", "Mensagens eliminadas", "Mensagens excluídas",
        "Cestino", "Posta eliminata", "Eliminata", "Elementi eliminati", "Messaggi eliminati", "Eliminati",
        "Prullenbak", "Prullenmand", "Verwijderd", "Verwijderde items", "Verwijderde berichten",
        "Papperskorgen", "Papperskorg", "Borttaget", "Borttagna objekt", "Borttagna", "Borttagna meddelanden", "Raderat",
        "Papirkurv", "Papirkurven", "Søppelkurv", "Slettet", "Slettet post", "Slettede elementer", "Slettede", "Slettede beskeder", "Slettede meldinger",
        "Roskakori", "Poistetut", "Poistetut kohteet", "Poistetut viestit", "Eytt", "Eyddur póstur", "Eyddir hlutir", "Rusl",
        "Kosz", "Elementy usunięte", "Usunięte", "Usunięte elementy", "Wiadomości usunięte",
        "Koš", "Odstraněná pošta", "Odstraněné", "Smazané", "Kôš", "Odstránená pošta", "Odstránené", "Vymazané",
        "Törölt elemek", "Törölt", "Törölt üzenetek", "Kuka", "Lomtár", "Elemente șterse", "Mesaje șterse", "Coș de gunoi", "Coș", "Gunoi",
        "Кошче", "Изтрити", "Изтрити елементи", "Izbrisane stavke", "Izbrisano", "Obrisane stavke", "Izbrisana pošta", "Otpad", "Smeće", "Smetnjak", "Izbrisani elementi",
        "Избрисане ставке", "Избрисано", "Смеће", "Отпад", "Избришани",
        "Διαγραμμένα", "Διαγραμμένα στοιχεία", "Κάδος απορριμμάτων", "Κάδος", "Κάδος ανακύκλωσης",
        "Silinmiş Öğeler", "Silinenler", "Silinmiş Postalar", "Silinmiş", "Çöp Kutusu", "Çöp",
        "Корзина", "Удаленные", "Удаленное", "Удаленные элементы", "Видалені", "Видалене", "Видалені елементи", "Кошик", "Выдаленыя", "Кошык", "Сметніца",
        "Kustutatud", "Kustutatud üksused", "Prügikast", "Prügi", "Izdzēstie vienumi", "Izdzēstie", "Dzēstie", "Dzēstie vienumi", "Atkritne", "Miskaste",
        "Ištrinta", "Ištrinti", "Ištrinti elementai", "Panaikinti elementai", "Šiukšliadėžė", "Šiukšlės", "Šiukšlinė",
        "פריטים שנמחקו", "אשפה", "נמחק", "סל המיחזור", "العناصر المحذوفة", "المهملات", "سلة المهملات", "المحذوفات", "الرسائل المحذوفة",
        "موارد حذف شده", "زباله‌دان", "سطل زباله", "हटाए गए आइटम", "ट्रैश", "हटाए गए",
        "รายการที่ถูกลบ", "รายการที่ลบ", "ถังขยะ", "จดหมายที่ถูกลบ", "Mục đã xóa", "Mục đã xoá", "Thùng rác", "Đã xóa", "Thư đã xóa",
        "Item Dihapus", "Sampah", "Tempat Sampah", "Item Terhapus", "Item Dipadam", "Item Dipadamkan", "Tong Sampah",
        "지운 편지함", "휴지통", "삭제된 항목", "삭제된 메일", "지운 메일함",
        "ゴミ箱", "ごみ箱", "削除済みアイテム", "削除済み", "削除済みメール", "削除済みトレイ",
        "已删除", "已删除邮件", "已删除的邮件", "已删除项目", "废件箱", "回收站", "垃圾桶", "刪除的郵件", "已刪除的郵件", "已刪除", "刪除郵件", "資源回收筒", "回收桶",
        "Elements suprimits", "Paperera", "Suprimits", "Eliminats", "Ezabatutako elementuak", "Zakarrontzia", "Ezabatuta",
    ];

    private static readonly string[] Spam =
    [
        "Junk", "Junk E-mail", "Junk Mail", "Junk Messages", "Spam", "Bulk Mail", "Bulk", "Quarantaine", "Spamverdacht", "Spam E-mail",
        "Junk-E-Mail", "Unerwünscht", "Werbung und Spam", "Courrier indésirable", "Courriel indésirable", "Indésirables", "Pourriel", "Pourriels",
        "Correo no deseado", "Correo electrónico no deseado", "Correo basura", "No deseado", "Lixo eletrônico", "Lixo electrónico", "Lixo eletrónico", "E-mail de lixo",
        "Correio eletrónico não solicitado", "Correo lixo", "Posta indesiderata", "Indesiderata",
        "Ongewenste e-mail", "Ongewenst", "Skräppost", "Uønsket e-mail", "Uønsket mail", "Uønsket post", "Uønsket e-post", "Søppelpost", "Søppel-e-post", "Roskaposti", "Roskapostit", "Ruslpóstur",
        "Wiadomości-śmieci", "Wiadomości śmieci", "Niechciana poczta", "Nevyžádaná pošta", "Nevyžádané", "Nevyžiadaná pošta", "Levélszemét", "Corespondență nedorită", "E-mail nedorit",
        "Нежелана поща", "Спам", "Neželjena e-pošta", "Neželjena pošta", "Neželena e-pošta", "Neželena pošta", "Vsiljena pošta", "Нежељена е-пошта", "Нежељена пошта",
        "Ανεπιθύμητη αλληλογραφία", "Ανεπιθύμητα", "Gereksiz E-posta", "Gereksiz", "Önemsiz E-posta", "Önemsiz", "İstenmeyen", "İstenmeyen E-posta",
        "Нежелательная почта", "Нежелательные", "Небажана пошта", "Непажаданая пошта", "Rämpspost", "Mēstules", "Surogātpasts", "Nevēlams e-pasts", "Nepageidaujamas paštas", "Šlamštas", "Brukalas",
        "דואר זבל", "ספאם", "זבל", "البريد الإلكتروني غير الهام", "البريد غير الهام", "البريد غير المرغوب", "البريد العشوائي", "غير مرغوب فيه", "هرزنامه", "जंक ईमेल", "स्पैम",
        "อีเมลขยะ", "จดหมายขยะ", "สแปม", "Thư rác", "Email rác", "Email Sampah", "E-mel Sarap", "E-mel Remeh",
        "정크 메일", "정크 이메일", "스팸 편지함", "스팸 메일함", "스팸함", "스팸", "스팸메일",
        "迷惑メール", "スパム", "垃圾邮件", "垃圾箱", "垃圾电子邮件", "广告邮件箱", "垃圾郵件", "垃圾電子郵件", "垃圾信件",
        "Correu brossa", "Correu no desitjat", "Zabor-posta", "Zaborra",
    ];

    private static readonly string[] Archive =
    [
        "Archive", "Archives", "Archived", "Archiv", "Archivé", "Archivés", "Archivo", "Archivados", "Archivar", "Arquivo", "Arquivados", "Arquivo morto", "Arquivar", "Archivio", "Archiviati", "Archivia",
        "Archief", "Gearchiveerd", "Arkiv", "Arkiver", "Arkiverat", "Arkivert", "Arkiveret", "Arkisto", "Safn", "Archiwum", "Archív", "Archívum", "Arhivă", "Архив", "Архива", "Arhiva", "Arhiv", "Αρχείο", "Αρχειοθέτηση", "Arşiv",
        "Архів", "Архіў", "Arhiiv", "Arhīvs", "Archyvas", "ארכיון", "الأرشيف", "أرشيف", "بایگانی", "संग्रह", "เก็บถาวร", "ที่เก็บถาวร", "Lưu trữ", "Arsip", "Arkib",
        "보관", "보관함", "보관 처리", "アーカイブ", "归档", "存档", "已归档", "封存", "保存的郵件", "已封存", "Arxiu", "Arxivats", "Artxiboa",
    ];

    private static readonly FrozenDictionary<string, FolderRole> Roles = Table();

    /// <summary>Null for a name that says nothing.</summary>
    public static FolderRole? RoleOf(string name) => Roles.TryGetValue(Fold(name), out var role) ? role : null;

    private static FrozenDictionary<string, FolderRole> Table()
    {
        var table = new Dictionary<string, FolderRole>(StringComparer.Ordinal);
        foreach (var (role, names) in new[] { (FolderRole.Sent, Sent), (FolderRole.Drafts, Drafts), (FolderRole.Trash, Trash), (FolderRole.Spam, Spam), (FolderRole.Archive, Archive) })
        {
            foreach (var name in names)
            {
                table.TryAdd(Fold(name), role);
            }
        }

        return table.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static string Fold(string name)
    {
        var folded = new StringBuilder(name.Length);
        foreach (var c in name.Normalize(NormalizationForm.FormKD))
        {
            var category = CharUnicodeInfo.GetUnicodeCategory(c);
            if (category == UnicodeCategory.SpacingCombiningMark || char.IsLetterOrDigit(c))
            {
                // The dotless i has no decomposition.
                folded.Append(c == 'ı' ? 'i' : char.ToLowerInvariant(c));
            }
        }

        return folded.ToString();
    }
}

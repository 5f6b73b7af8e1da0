using System.Text;

namespace MailDaemon.Tests.Messages;

/// <summary>Fifty mails of the markup that newsletters and office programs write, each with words of its own that a reader sees.</summary>
internal static class NewsletterMails
{
    private static readonly Func<int, string>[] Blocks =
    [
        i => $"<strong><a href=\"https://shop.example/{i}\"><img src=\"s.png\" alt=\"Sale {i}\"></a></strong>",
        i => $"<b><img src=x alt=\"Icon {i}\"></b>",
        i => "<b></b><i> </i><strong><a href=\"https://x.example\"></a></strong><em><br></em><del><img src=x></del>",
        i => "<table border=1></table><table border=1><tr></tr><tr></tr></table><table border=1><tr><td></td></tr><tr><td>&nbsp;</td></tr></table>",
        i => $"<table border=\"1\"><tr><th>Item</th><th>Price</th></tr><tr><td>Panel {i}</td><td><b><i></i></b>12.{i:00}</td></tr><tr></tr></table>",
        i => $"<table border=1><tr><td>{i}</td></tr><tr><td>x</td><td>y</td><td>z</td></tr></table><table border=1><caption>Totals {i}</caption><tbody></tbody></table>",
        i => $"<div style=\"display:none;max-height:0;overflow:hidden;mso-hide:all\">Preheader {i}&zwnj;&nbsp;&#847;&zwnj;&nbsp;&#8203;</div>",
        i => $"<!--[if mso]><table><tr><td width=\"600\"><![endif]--><div style=\"max-width:600px\">Column {i}</div><!--[if mso]></td></tr></table><![endif]--><!--[if !mso]><!--><p>Not Outlook {i}</p><!--<![endif]-->",
        i => $"<table role=presentation width=100% cellpadding=0 cellspacing=0 border=0><tr><td align=center><table width=600><tr><td><table><tr><td style=\"font-size:0;line-height:0\"><img src=h.png alt=\"Header {i}\" width=600></td></tr></table></td></tr></table></td></tr></table>",
        i => $"<table class=btn><tr><td bgcolor=\"#cc0000\"><a href=\"https://shop.example/buy?a={i}&amp;b=(x)\" style=\"color:#ffffff;text-decoration:none\"><span style=\"color:#fff\">Buy now {i}</span></a></td></tr></table>",
        i => $"<ul><li><b>One {i}</b><ul><li><a href=\"mailto:a@x.example\">write <i>us</i></a></ul><li></ul><ol start=x><li>first<li value=9>second</ol>",
        i => $"<h1><a href=https://x.example><strong>Head <em>line</em> {i}</strong></a></h1><h2><img alt=''></h2><hr><center><font size=1 color=gray>Small {i}</font></center>",
        i => $"<p><b>bold <strong>more <b>most {i}</b></strong></b><i><b> spaced </b></i><code>a`b</code><code></code></p><pre></pre><pre>x\n  ```\ny {i}</pre>",
        i => $"<v:roundrect xmlns:v=\"urn:x\" href=\"https://x.example\"><center>Round {i}</center></v:roundrect><o:p></o:p><p class=MsoNormal><span lang=DE>Office {i}<o:p>&nbsp;</o:p></span></p>",
        i => $"<blockquote></blockquote><blockquote><blockquote><p>Deep {i}</p></blockquote></blockquote><dl><dt>Term {i}<dd>Meaning</dl>",
        i => $"<a href=\"https://x.example/{i}\"><table><tr><td><h3>Card {i}</h3><p>Text</p></td></tr></table></a><a href='#top'>top</a><a name=x></a><a href=https://x.example/pic><img src=x></a>",
        i => $"<img src=https://t.example/o.gif width=1 height=1 alt=\"track {i}\"><img alt=\"[{i}] * _x_\"><map><area alt=x></map><p>Unsubscribe <a href=https://x.example/u>here</a> {i}",
        i => $"<td>stray {i}</td></table></div></p><tr><th>loose<table border=1><th>a<tr><td>b</table>",
    ];

    public const int Count = 50;

    /// <param name="i">From 0.</param>
    public static byte[] Mail(int i, string to)
    {
        var body = string.Concat(Enumerable.Range(0, 6).Select(part => Blocks[((i * 7) + (part * (1 + (i % 5)))) % Blocks.Length](i)));
        var html = $"<!DOCTYPE html><html><head><meta charset=utf-8><title>News {i}</title><style>@media only screen and (max-width:600px){{.w{{width:100%!important}}}} .x{{color:#333}}</style></head><body bgcolor=\"#f4f4f4\"><p>Marker{i}</p>{body}</body></html>";
        return Encoding.UTF8.GetBytes($"From: News <news@shop.example>\r\nTo: {to}\r\nSubject: News {i}\r\nMessage-ID: <news{i}@shop.example>\r\nDate: Mon, 5 Jan 2026 08:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{Convert.ToBase64String(Encoding.UTF8.GetBytes(html), Base64FormattingOptions.InsertLineBreaks)}\r\n");
    }
}

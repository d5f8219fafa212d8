using System.Globalization;
using System.Net.Mail;
using System.Text;

namespace GenAiCostPortal.Sources.Notifications;

/// <summary>A plain mail as it goes over the line (RFC 5322, 2045, 2047).</summary>
internal sealed record MailText(MailAddress From, IReadOnlyList<string> To, string Subject, string Body, string Id, DateTime At)
{
    private const int SubjectAtMost = 200, BytesOfAWord = 45;

    /// <summary>Headers and body. The body is Base64, so no line of it is too long or begins with a dot.</summary>
    public string Whole()
    {
        var text = new StringBuilder();
        Line("From", From.DisplayName.Length == 0 ? From.Address : $"{Phrase(From.DisplayName)} <{From.Address}>");
        Line("To", string.Join(",\r\n ", To));
        Line("Subject", Words(Subject.Length > SubjectAtMost ? Subject[..(SubjectAtMost - 1)] + "…" : Subject));
        Line("Date", At.ToString("ddd, dd MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture) + " +0000");
        // Mail programs fold what has the same id, should it come twice.
        Line("Message-ID", $"<{Id}@{From.Host}>");
        Line("Auto-Submitted", "auto-generated");
        Line("MIME-Version", "1.0");
        Line("Content-Type", "text/plain; charset=utf-8");
        Line("Content-Transfer-Encoding", "base64");
        return text.Append("\r\n").Append(Convert.ToBase64String(Encoding.UTF8.GetBytes(Body), Base64FormattingOptions.InsertLineBreaks)).ToString();

        void Line(string name, string value) => text.Append(name).Append(": ").Append(value).Append("\r\n");
    }

    private static string Phrase(string name) => IsPlain(name) ? $"\"{name.Replace("\\", "", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal)}\"" : Words(name);

    // Names come from telemetry: a line break among them would begin a header of its own.
    private static string Words(string text)
    {
        text = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        if (IsPlain(text)) return text;
        var words = new List<string>();
        var word = new List<byte>();
        foreach (var rune in text.EnumerateRunes())
        {
            var bytes = Encoding.UTF8.GetBytes(rune.ToString());
            if (word.Count + bytes.Length > BytesOfAWord) Close();
            word.AddRange(bytes);
        }
        Close();
        return string.Join("\r\n ", words);

        void Close()
        {
            if (word.Count > 0) words.Add($"=?utf-8?B?{Convert.ToBase64String([.. word])}?=");
            word.Clear();
        }
    }

    private static bool IsPlain(string text) => text.All(c => c is >= ' ' and <= '~') && !text.Contains("=?", StringComparison.Ordinal);
}

using System.Text;
using System.Text.Json;
using GenAiCostPortal.Ledger.Alerts;

namespace GenAiCostPortal.Sources.Notifications;

/// <summary>An alert in the form that each kind of channel reads.</summary>
internal static class MessageBodies
{
    private const int SlackTextLimit = 2_900;

    /// <summary>Slack's block kit; <c>text</c> is what a phone shows.</summary>
    public static byte[] Slack(AlertMessage message)
    {
        var blocks = new List<object>
        {
            new { type = "header", text = new { type = "plain_text", text = Cut(message.Headline, 150) } },
            new { type = "section", text = Markdown(Escape(message.Sentence)) },
        };
        if (message.Facts.Count > 0) blocks.Add(new { type = "section", fields = message.Facts.Take(10).Select(f => Markdown($"*{Escape(f.Name)}*\n{Escape(f.Value)}")).ToArray() });
        if (message.Course.Length > 0) blocks.Add(new { type = "section", text = Markdown($"`{message.Course}`") });
        if (message.Link.Length > 0) blocks.Add(new { type = "actions", elements = new object[] { new { type = "button", text = new { type = "plain_text", text = "Open in the portal" }, url = message.Link } } });
        return JsonSerializer.SerializeToUtf8Bytes(new { text = $"{Escape(message.Headline)}: {Escape(message.Sentence)}", blocks });

        static object Markdown(string text) => new { type = "mrkdwn", text = Cut(text, SlackTextLimit) };
    }

    /// <summary>An Adaptive Card, as the webhooks of Teams workflows take it.</summary>
    public static byte[] Teams(AlertMessage message)
    {
        var body = new List<object>
        {
            new { type = "TextBlock", size = "Medium", weight = "Bolder", wrap = true, text = Plain(message.Headline) },
            new { type = "TextBlock", wrap = true, text = Plain(message.Sentence) },
        };
        if (message.Facts.Count > 0) body.Add(new { type = "FactSet", facts = message.Facts.Select(f => new { title = f.Name, value = Plain(f.Value) }).ToArray() });
        if (message.Course.Length > 0) body.Add(new { type = "TextBlock", fontType = "Monospace", text = message.Course });
        object[] actions = message.Link.Length > 0 ? [new { type = "Action.OpenUrl", title = "Open in the portal", url = message.Link }] : [];
        var card = new Dictionary<string, object> { ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json", ["type"] = "AdaptiveCard", ["version"] = "1.4", ["body"] = body, ["actions"] = actions };
        return JsonSerializer.SerializeToUtf8Bytes(new { type = "message", attachments = new[] { new { contentType = "application/vnd.microsoft.card.adaptive", content = card } } });
    }

    /// <summary>For programs: every part by its name.</summary>
    public static byte[] Webhook(AlertMessage message) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        type = "spike." + message.Event.ToString().ToLowerInvariant(),
        timestamp = message.At,
        data = new
        {
            spikeId = message.SpikeId, headline = message.Headline, sentence = message.Sentence, facts = message.Facts.ToDictionary(f => f.Name, f => f.Value),
            course = message.Course, link = message.Link,
        },
    });

    /// <summary>Plain text, for mail.</summary>
    public static string Mail(AlertMessage message)
    {
        var text = new StringBuilder().AppendLine(message.Headline).AppendLine().AppendLine(message.Sentence).AppendLine();
        foreach (var (name, value) in message.Facts) text.Append(name).Append(": ").AppendLine(value);
        if (message.Course.Length > 0) text.AppendLine().AppendLine(message.Course);
        if (message.Link.Length > 0) text.AppendLine().AppendLine(message.Link);
        return text.AppendLine().AppendLine("Sent by the GenAI cost portal. Who gets these is set under Settings, Alerts.").ToString();
    }

    // A card reads Markdown: names_with_underscores would lose them, and a name could be a link.
    private static string Plain(string text) => string.Concat(text.Select(c => c is '\\' or '*' or '_' or '[' or ']' or '`' ? "\\" + c : c.ToString()));

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..(most - 1)] + "…";
}

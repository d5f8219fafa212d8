using System.Globalization;
using System.Net;
using System.Text;

namespace GenAiCostPortal.Charts;

/// <summary>
/// Writes SVG as text. A chart of many marks is one piece of markup for the circuit instead of thousands of tracked elements.
/// Every value is encoded; numbers have at most two decimals.
/// </summary>
public sealed class SvgText
{
    private readonly StringBuilder _text = new();

    /// <summary>Opens an element; close it with <see cref="Close"/>.</summary>
    public SvgText Open(string name, params (string Name, object? Value)[] attributes)
    {
        Start(name, attributes);
        _text.Append('>');
        return this;
    }

    /// <summary>An element without content.</summary>
    public SvgText Mark(string name, params (string Name, object? Value)[] attributes)
    {
        Start(name, attributes);
        _text.Append("/>");
        return this;
    }

    /// <summary>A text element.</summary>
    public SvgText Words(string words, params (string Name, object? Value)[] attributes)
    {
        Start("text", attributes);
        _text.Append('>').Append(WebUtility.HtmlEncode(words)).Append("</text>");
        return this;
    }

    /// <summary>Text inside the element that is open.</summary>
    public SvgText Escaped(string words)
    {
        _text.Append(WebUtility.HtmlEncode(words));
        return this;
    }

    public SvgText Close(string name)
    {
        _text.Append("</").Append(name).Append('>');
        return this;
    }

    public override string ToString() => _text.ToString();

    private void Start(string name, (string Name, object? Value)[] attributes)
    {
        _text.Append('<').Append(name);
        foreach (var (key, value) in attributes)
        {
            if (value is null) continue;
            _text.Append(' ').Append(key).Append("=\"").Append(value switch
            {
                double number => number.ToString("0.##", CultureInfo.InvariantCulture),
                string text => WebUtility.HtmlEncode(text),
                _ => Convert.ToString(value, CultureInfo.InvariantCulture),
            }).Append('"');
        }
    }
}

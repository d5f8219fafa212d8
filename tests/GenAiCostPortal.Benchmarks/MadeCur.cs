using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace GenAiCostPortal.Benchmarks;

/// <summary>
/// A CUR 2.0 file of any size: 31 gzip members on disk, one per day, given out again and again after a member with the header. Half of
/// the lines are GenAI; a line has 120 columns and about 1.4 KB, and packs about ten to one, as real ones do.
/// </summary>
internal sealed class MadeCur : IDisposable
{
    private static readonly string[] Columns =
    [
        "bill_invoice_id", "bill_payer_account_id", "identity_line_item_id", "identity_time_interval", "line_item_usage_start_date", "line_item_usage_end_date", "line_item_usage_account_id",
        "line_item_usage_account_name", "line_item_line_item_type", "line_item_product_code", "line_item_usage_type", "line_item_operation", "line_item_usage_amount", "line_item_unblended_cost",
        "line_item_net_unblended_cost", "line_item_resource_id", "line_item_iam_principal", "line_item_line_item_description", "pricing_unit", "pricing_public_on_demand_cost", "product",
        "product_region_code", "resource_tags", "cost_category", "discount", .. Enumerable.Range(0, 95).Select(i => $"other_{i}"),
    ];

    private readonly string _file = Path.GetTempFileName();
    private readonly List<(long From, long To)> _members = [];
    private readonly byte[] _head;

    /// <param name="series">Lines of a day: things that are billed every hour.</param>
    /// <param name="hours">Hours of each thing per day; their lines add up to one.</param>
    public MadeCur(int series, int hours)
    {
        (Series, Hours) = (series, hours);
        _head = Pack(w => w.Write(string.Join(',', Columns) + "\n"));
        var dice = new Random(1);
        using var file = File.Create(_file);
        for (var day = 1; day <= 31; day++)
        {
            var from = file.Position;
            using (var gzip = new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true))
            using (var text = new StreamWriter(gzip, new UTF8Encoding(false), 1 << 16))
                for (var hour = 0; hour < hours; hour++)
                    for (var s = 0; s < series; s++)
                    {
                        var line = Line(day, hour, s, dice);
                        PlainBytes += line.Length;
                        text.Write(line);
                    }
            _members.Add((from, file.Position));
        }
    }

    public int Series { get; }
    public int Hours { get; }
    public long Lines => (long)Series * Hours * _members.Count;
    /// <summary>Bytes of one round, unpacked and packed.</summary>
    public long PlainBytes { get; private set; }
    public long PackedBytes => _members[^1].To;

    /// <summary>The file with so many rounds.</summary>
    public Stream Open(int rounds) => new Rounds(_file, _head, rounds);

    public void Dispose() => File.Delete(_file);

    private static byte[] Pack(Action<StreamWriter> write)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var text = new StreamWriter(gzip, new UTF8Encoding(false))) write(text);
        return packed.ToArray();
    }

    private static string Line(int day, int hour, int s, Random dice)
    {
        var at = string.Create(CultureInfo.InvariantCulture, $"2026-10-{day:00}T{hour:00}:00:00.000Z");
        var isGenAi = s % 2 == 0;
        var account = 100_000_000_000 + s % 37;
        var usage = isGenAi ? $"USE1-NovaLite-{(s % 4 == 0 ? "input" : "output")}-tokens" : $"USE1-BoxUsage:m5.{s % 19}xlarge";
        var product = isGenAi ? """{"product_name":"Amazon Bedrock","region":"US East (N. Virginia)","region_code":"us-east-1"}""" : """{"product_name":"Amazon Elastic Compute Cloud","vcpu":"4"}""";
        var resource = isGenAi ? $"arn:aws:bedrock:us-east-1:{account}:application-inference-profile/p{s:x10}" : $"i-{s:x17}";
        var tags = $$"""{"user_team":"team-{{s % 29}}","user_environment":"prod","user_name":"n-{{s}}","user_cost_center":"{{s % 211}}"}""";
        string[] fields =
        [
            "", account.ToString(CultureInfo.InvariantCulture), $"{dice.NextInt64():x16}{dice.NextInt64():x16}", at + "/PT1H", at, at, account.ToString(CultureInfo.InvariantCulture), $"Account {s % 37}", "Usage",
            isGenAi ? "AmazonBedrock" : "AmazonEC2", usage, "InvokeModelInference", (1000 + s % 977).ToString(CultureInfo.InvariantCulture), $"0.0{1_000_000 + dice.Next(9_000_000)}", "0.01", resource,
            $"arn:aws:sts::{account}:assumed-role/agent-{s % 53}/i-{dice.Next():x8}", $"$0.06 per 1M input tokens, {usage}", "1K tokens", "0.02", product, "us-east-1", tags, """{"Division":"Retail"}""", "{}",
        ];
        return string.Join(',', fields.Select(f => f.AsSpan().IndexOfAny(",\"") < 0 ? f : $"\"{f.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")) + Rest + "\n";
    }

    private static readonly string Rest = string.Concat(Enumerable.Range(0, 95).Select(i => i % 3 == 0 ? ",\"some text, quoted\"" : i % 3 == 1 ? "," : ",0.000000000"));

    private sealed class Rounds(string file, byte[] head, int rounds) : Stream
    {
        private readonly FileStream _members = File.OpenRead(file);
        private int _head, _rounds = rounds;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_head < head.Length)
            {
                var some = Math.Min(buffer.Length, head.Length - _head);
                head.AsMemory(_head, some).CopyTo(buffer);
                _head += some;
                return some;
            }
            while (true)
            {
                var read = await _members.ReadAsync(buffer, cancellationToken);
                if (read > 0 || --_rounds <= 0) return read;
                _members.Position = 0;
            }
        }

        public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) _members.Dispose();
            base.Dispose(disposing);
        }
    }
}

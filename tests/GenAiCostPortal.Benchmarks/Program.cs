using System.Globalization;
using GenAiCostPortal.Benchmarks;

return args switch
{
    ["normaliser", var file, ..] => NormaliserSpeed.Run(file, args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 3),
    ["api", var url, ..] => await ApiSpeed.RunAsync(url, args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 200),
    ["spikes", ..] => SpikeSpeed.Detection(),
    ["explain", ..] => await SpikeSpeed.ExplainAsync(args.Length > 1 ? args[1] : null),
    ["watch", var file] => await SpikeSpeed.WatchAsync(file),
    ["write", var bodies, ..] => await WriteBenchmark.RunAsync(bodies, args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 250_000),
    ["doors", var http, var grpc, ..] => await DoorSpeed.RunAsync(new Uri(http), new Uri(grpc), args.Length > 3 ? int.Parse(args[3], CultureInfo.InvariantCulture) : 10),
    ["feeds", ..] => await FeedSpeed.RunAsync(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 20_000),
    ["exports", "month", ..] => await ExportSpeed.MonthAsync(args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 1_000_000),
    ["exports", ..] => await ExportSpeed.FileAsync(args.Length > 1 ? double.Parse(args[1], CultureInfo.InvariantCulture) : 2),
    ["ledger", ..] => await LedgerSpeed.RunAsync(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1_000_000, args.Length > 2 ? args[2] : null, args.Length > 3 ? int.Parse(args[3], CultureInfo.InvariantCulture) : 31),
    ["focus", var export, var portal] => await FocusSpeed.RunAsync(export, int.Parse(portal, CultureInfo.InvariantCulture)),
    ["reprice"] => await RepriceSpeed.RunAsync(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("normaliser BODY [seconds]   decode and read one OTLP body (protobuf or JSON), spans a second on one core");
    Console.Error.WriteLine("api URL [times]             time one GET of a running portal");
    Console.Error.WriteLine("spikes                      precision, recall and delay of detection beside simpler rules; time to check 1,000 series");
    Console.Error.WriteLine("explain [FILE]              time to explain 30 days of 10 million calls; FILE keeps them for the next process");
    Console.Error.WriteLine("watch FILE                  a first look for spikes over a month that 'ledger' built (its FILE.built): findings, time and memory");
    Console.Error.WriteLine("write BODY|FOLDER [spans]   decode, prepare and store captured protobuf bodies (*.pb) again and again with new ids, CPU time of each step");
    Console.Error.WriteLine("doors HTTP GRPC [seconds]   items a second through the OTLP doors of a running portal that needs no key");
    Console.Error.WriteLine("feeds [items]               records of the invocation log and X-Ray segments, read and stored");
    Console.Error.WriteLine("exports [GIGABYTES]         one file of a CUR 2.0 export, so large when packed, streamed into cells: peak memory, lines a second");
    Console.Error.WriteLine("exports month [lines]       a month of an export read, written and its ledger built: seconds");
    Console.Error.WriteLine("ledger [lines] [FILE] [days]  the ledger of a month of so many lines that differ, built: seconds of each step; FILE keeps the month for the next run, FILE.built its ledger");
    Console.Error.WriteLine("focus URL PID               an export of a running portal, and the memory that it takes there");
    Console.Error.WriteLine("reprice                     the rollups of ten million calls priced anew and back");
    return 2;
}

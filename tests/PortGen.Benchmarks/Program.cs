using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;
using PortGen.Benchmarks.Web;

if (args is ["requests", ..])
{
    return await RequestRates.RunAsync(args is [_, var rounds] ? int.Parse(rounds, CultureInfo.InvariantCulture) : 15);
}

// Within this process: what is compared then runs in one run, on one machine, side by side.
var config = DefaultConfig.Instance.AddJob(Job.Default
    .WithToolchain(InProcessEmitToolchain.Instance)
    .WithWarmupCount(3)
    .WithIterationCount(9)
    .WithIterationTime(TimeInterval.FromMilliseconds(200)));
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
return 0;

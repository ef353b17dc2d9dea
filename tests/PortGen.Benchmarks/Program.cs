using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

// Within this process: what is compared then runs in one run, on one machine, side by side.
var config = DefaultConfig.Instance.AddJob(Job.Default
    .WithToolchain(InProcessEmitToolchain.Instance)
    .WithWarmupCount(3)
    .WithIterationCount(9)
    .WithIterationTime(TimeInterval.FromMilliseconds(200)));
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);

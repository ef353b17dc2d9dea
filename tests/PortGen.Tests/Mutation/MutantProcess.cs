using System.Reflection;
using System.Runtime.CompilerServices;
using PortGen.Tests.Mutation;

[assembly: AssemblyFixture(typeof(MutantProcess))]

namespace PortGen.Tests.Mutation;

/// <summary>
/// Keeps verdicts on mutants apart. Stryker's runner tests one mutant after the other in one process, where a static field that was made
/// under one mutant fails the tests of the next ones, and a mutant of a field that is made already changes nothing. So static fields are
/// made before, without any mutant, and a mutant that has a part in making them gets a process of its own: when a process ends, the runner
/// repeats the run in a new one.
/// </summary>
public sealed class MutantProcess
{
    // Stryker's own class in the mutated assembly.
    private static readonly Type? s_control = Mutated().GetTypes().FirstOrDefault(static t => t.Name == "MutantControl");

    private static HashSet<int>? s_staticMutants;
    private static bool s_isSpent;

    /// <summary>Begins a run of tests.</summary>
    public MutantProcess()
    {
        // Coverage is measured in one process, and without a mutant; before that the tests run once on the assembly as it is.
        if (Environment.GetEnvironmentVariable("STRYKER_MUTANT_FILE") is not { } mutantFile
            || Environment.GetEnvironmentVariable("STRYKER_COVERAGE_FILE") is not null
            || s_control is null)
        {
            return;
        }

        var isFirst = s_staticMutants is null;
        s_staticMutants ??= StaticMutants(mutantFile + ".static", mutantFile);
        if (s_isSpent || (!isFirst && s_staticMutants.Contains(ActiveMutant(mutantFile))))
        {
            Environment.Exit(0);
        }

        s_isSpent = s_staticMutants.Contains(ActiveMutant(mutantFile));
    }

    private static Assembly Mutated() =>
        Assembly.Load(typeof(MutantProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(static a => a.Key == "Mutated").Value!);

    // The first process finds them out for all.
    private static HashSet<int> StaticMutants(string file, string mutantFile)
    {
        var known = File.Exists(file) ? File.ReadAllLines(file).Select(int.Parse).ToHashSet() : null;
        if (known?.Contains(ActiveMutant(mutantFile)) == true)
        {
            return known;
        }

        var found = MakeStaticFields();
        if (known is null)
        {
            File.WriteAllLines(file, found.Select(static id => $"{id}"));
        }

        return found;
    }

    // While it measures coverage, it notes what is asked for and activates nothing.
    private static HashSet<int> MakeStaticFields()
    {
        var measures = s_control!.GetField("CaptureCoverage", BindingFlags.Public | BindingFlags.Static)!;
        measures.SetValue(null, true);
        foreach (var type in s_control.Assembly.GetTypes().Where(static t => !t.ContainsGenericParameters && t != s_control))
        {
            RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        }

        measures.SetValue(null, false);
        var covered = (IEnumerable<int>[])s_control.GetMethod("GetCoverageData", BindingFlags.Public | BindingFlags.Static)!.Invoke(null, null)!;
        return [.. covered.SelectMany(static ids => ids)];
    }

    private static int ActiveMutant(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> id = stackalloc byte[sizeof(int)];
        stream.ReadExactly(id);
        return BitConverter.ToInt32(id);
    }
}

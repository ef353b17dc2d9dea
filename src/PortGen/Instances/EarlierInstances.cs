using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using PortGen.Binding;
using PortGen.Configuration;
using PortGen.Platform;

namespace PortGen.Instances;

/// <summary>Ends the instances of this application that hold a number which this start wants first, each only after proof of its identity.</summary>
internal sealed class EarlierInstances(InstanceDirectory directory, ProcessTable processes, ILogger logger)
{
    private static readonly TimeSpan s_killLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_portLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    /// <summary>How long it may take to end them.</summary>
    public static TimeSpan LimitOf(PortPlan plan) => plan.RestartTimeout + s_killLimit + s_portLimit;

    /// <summary>Ends them side by side and waits until they and their ports are gone.</summary>
    /// <returns>Keeps other starts with force restart waiting until it is disposed of. Until then, this one should be bound and have its record.</returns>
    /// <exception cref="PortUnavailableException">A proven instance can't be ended (PG3003).</exception>
    /// <exception cref="InstanceSupersededException">A later start with force restart came first: this one is to give way, as if it had been ended.</exception>
    public async Task<IDisposable?> EndAsync(PortPlan plan, CancellationToken cancellationToken)
    {
        var turn = await directory.LockAsync(plan, cancellationToken).ConfigureAwait(false);
        try
        {
            await EndOthersAsync(WantedFirst(plan), plan.RestartTimeout, cancellationToken).ConfigureAwait(false);
            return turn;
        }
        catch
        {
            turn?.Dispose();
            throw;
        }
    }

    /// <summary>Ends one instance, if it is proven.</summary>
    /// <returns>Whether it has ended.</returns>
    /// <exception cref="PortUnavailableException">It is proven and can't be ended (PG3003).</exception>
    public async Task<bool> EndAsync(InstanceRecord instance, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var process = processes.Open(instance.ProcessId);
        var ports = NumbersOf(instance);

        // Only now: what was proven before the process was held might be about the one before it.
        if (!IsProven(instance, ports))
        {
            return false;
        }

        logger.EndingInstance(instance.ProcessId, ports, patience.TotalSeconds);
        if (!await EndAsync(instance, process, ports, patience, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        directory.Forget(instance);
        return true;
    }

    // What the plan would get if nobody held anything.
    private static Dictionary<int, IReadOnlyList<IPAddress>> WantedFirst(PortPlan plan)
    {
        var preferred = plan.Ports.Select(static p => p.Port).ToHashSet();
        var numbers = new PortAssignment(plan.Ports, preferred, static (_, _) => true).Solve();
        return plan.Ports.Zip(numbers).Where(static p => p.Second != 0).ToDictionary(static p => p.Second, static p => HostAddresses.Of(p.First.Host));
    }

    private static Dictionary<int, IReadOnlyList<IPAddress>> Of(Dictionary<int, IReadOnlyList<IPAddress>> wanted, IEnumerable<InstanceRecord> instances) =>
        instances.SelectMany(static i => i.Ports).Distinct().Where(wanted.ContainsKey).ToDictionary(static n => n, n => wanted[n]);

    private async Task EndOthersAsync(Dictionary<int, IReadOnlyList<IPAddress>> wanted, TimeSpan patience, CancellationToken cancellationToken)
    {
        var others = directory.FindOthers();
        var taken = Listeners.InTheWayOf(Of(wanted, others));
        var inTheWay = others.Where(i => i.Ports.Any(taken.Contains)).ToList();
        GiveWayToALaterOne(inTheWay);
        if (inTheWay.Count == 0)
        {
            logger.NothingToEnd(directory.Application.Id, directory.Places);
        }

        Name([.. others.Except(inTheWay).Where(i => InstanceProof.Of(i, processes).State == InstanceState.Running)]);
        await Task.WhenAll(inTheWay.Select(i => EndAsync(i, wanted, patience, cancellationToken))).ConfigureAwait(false);
    }

    // Whoever gets the lock late is not the later one for that: of the starts with force restart, the one that began last stays.
    private void GiveWayToALaterOne(List<InstanceRecord> inTheWay)
    {
        var later = inTheWay.Find(i => i.ForceRestart && i.State != InstanceRecord.Stopping && directory.IsEarlierThan(i) && InstanceProof.Of(i, processes).State == InstanceState.Running);
        if (later is not null)
        {
            logger.GivingWay(later.ProcessId);
            throw new InstanceSupersededException(later);
        }
    }

    private void Name(List<InstanceRecord> staying)
    {
        if (staying.Count > 0)
        {
            logger.InstancesStay(string.Join("; ", staying.Select(static i => string.Create(CultureInfo.InvariantCulture, $"pid {i.ProcessId} with {NumbersOf(i)}"))));
        }
    }

    private async Task EndAsync(InstanceRecord instance, Dictionary<int, IReadOnlyList<IPAddress>> wanted, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (!await EndAsync(instance, patience, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        var ports = NumbersOf(instance);
        if (await WaitForPortsAsync(Of(wanted, [instance]), cancellationToken).ConfigureAwait(false))
        {
            logger.InstanceEnded(instance.ProcessId, ports);
        }
        else
        {
            logger.PortsStillInUse(instance.ProcessId, ports);
        }
    }

    // Whether it has ended: one that is not proven any more is left alone, and may live on.
    private async Task<bool> EndAsync(InstanceRecord instance, ProcessHandle process, string ports, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (process.Terminate() is { } refusal)
        {
            throw NotEnded(instance, ports, refusal);
        }

        if (await process.WaitForExitAsync(patience, cancellationToken).ConfigureAwait(false))
        {
            return true;
        }

        if (!IsProven(instance, ports))
        {
            return InstanceProof.Of(instance, processes).State == InstanceState.Ended;
        }

        logger.KillingInstance(instance.ProcessId, patience.TotalSeconds);
        if (process.Kill() is { } secondRefusal)
        {
            throw NotEnded(instance, ports, secondRefusal);
        }

        return await process.WaitForExitAsync(s_killLimit, cancellationToken).ConfigureAwait(false)
            ? true
            : throw NotEnded(instance, ports, string.Create(CultureInfo.InvariantCulture, $"it was still there {s_killLimit.TotalSeconds} s after it was killed"));
    }

    private bool IsProven(InstanceRecord instance, string ports)
    {
        var proof = InstanceProof.Of(instance, processes);
        if (proof.State == InstanceState.Unproven)
        {
            logger.InstanceNotProven(instance.ProcessId, ports, proof.Reason);
        }

        return proof.State == InstanceState.Running;
    }

    // The system closes a process's sockets before it reports the end, unless a child has inherited one: then binding says who.
    private static async Task<bool> WaitForPortsAsync(Dictionary<int, IReadOnlyList<IPAddress>> awaited, CancellationToken cancellationToken)
    {
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(s_pause, cancellationToken).ConfigureAwait(false))
        {
            var isFree = Listeners.InTheWayOf(awaited).Count == 0;
            if (isFree || clock.Elapsed >= s_portLimit)
            {
                return isFree;
            }
        }
    }

    private static string NumbersOf(InstanceRecord instance) => string.Join(", ", instance.Ports.Order().Select(static p => p.ToString(CultureInfo.InvariantCulture)));

    private static PortUnavailableException NotEnded(InstanceRecord instance, string ports, string reason)
    {
        var process = string.Create(CultureInfo.InvariantCulture, $"{instance.Application} (pid {instance.ProcessId})");
        return new PortUnavailableException($"{PortRule.InstanceNotEnded.Id}: {PortRule.InstanceNotEnded.Format(process, ports, reason)}");
    }
}

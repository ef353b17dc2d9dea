using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using PortGen.Binding;
using PortGen.Configuration;
using PortGen.Platform;

namespace PortGen.Instances;

/// <summary>Ends earlier instances of this application that hold ports of the plan, each only after proof of its identity.</summary>
internal sealed class EarlierInstances(InstanceDirectory directory, ProcessTable processes, ILogger logger)
{
    private static readonly TimeSpan s_killLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_portLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Ends them side by side and waits until they and their ports are gone.</summary>
    /// <exception cref="PortUnavailableException">A proven instance can't be ended (PG3003).</exception>
    public async Task EndAsync(PortPlan plan, CancellationToken cancellationToken)
    {
        var numbers = plan.Ports.Select(static p => p.Range).OfType<PortRange>().ToList();

        // In a network namespace of its own it holds other ports of the same numbers, and is in nobody's way.
        var instances = directory.FindEarlier(numbers)
            .Where(i => i.Ports.Any(n => numbers.Any(r => r.Contains(n)) && !IsFree(PortSettingValue.AllInterfaces, n))).ToList();
        if (instances.Count == 0)
        {
            logger.NothingToEnd();
        }

        await Task.WhenAll(instances.Select(i => EndAsync(i, plan, cancellationToken))).ConfigureAwait(false);
    }

    private async Task EndAsync(InstanceRecord instance, PortPlan plan, CancellationToken cancellationToken)
    {
        using var process = processes.Open(instance.ProcessId);
        var ports = string.Join(", ", instance.Ports.Order().Select(static p => p.ToString(CultureInfo.InvariantCulture)));

        // Only now: what was proven before the process was held might be about the one before it.
        if (!IsProven(instance, ports))
        {
            return;
        }

        logger.EndingInstance(instance.ProcessId, ports, plan.RestartTimeout.TotalSeconds);
        await EndAsync(instance, process, ports, plan.RestartTimeout, cancellationToken).ConfigureAwait(false);
        directory.Forget(instance);
        if (await WaitForPortsAsync(instance, plan, cancellationToken).ConfigureAwait(false))
        {
            logger.InstanceEnded(instance.ProcessId, ports);
        }
        else
        {
            logger.PortsStillInUse(instance.ProcessId, ports);
        }
    }

    private async Task EndAsync(InstanceRecord instance, ProcessHandle process, string ports, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (process.Terminate() is { } refusal)
        {
            throw NotEnded(instance, ports, refusal);
        }

        if (await process.WaitForExitAsync(patience, cancellationToken).ConfigureAwait(false) || !IsProven(instance, ports))
        {
            return;
        }

        logger.KillingInstance(instance.ProcessId, patience.TotalSeconds);
        if (process.Kill() is { } secondRefusal)
        {
            throw NotEnded(instance, ports, secondRefusal);
        }

        if (!await process.WaitForExitAsync(s_killLimit, cancellationToken).ConfigureAwait(false))
        {
            throw NotEnded(instance, ports, string.Create(CultureInfo.InvariantCulture, $"it was still there {s_killLimit.TotalSeconds} s after it was killed"));
        }
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
    private static async Task<bool> WaitForPortsAsync(InstanceRecord instance, PortPlan plan, CancellationToken cancellationToken)
    {
        var awaited = plan.Ports.SelectMany(p => instance.Ports.Where(n => p.Range is { } range && range.Contains(n)).Select(n => (p.Host, Number: n))).ToList();
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(s_pause, cancellationToken).ConfigureAwait(false))
        {
            awaited.RemoveAll(static p => IsFree(p.Host, p.Number));
            if (awaited.Count == 0 || clock.Elapsed >= s_portLimit)
            {
                return awaited.Count == 0;
            }
        }
    }

    private static bool IsFree(string host, int number)
    {
        using var sockets = new ListenSocket(ListenSocket.DefaultProbing);
        var isFree = sockets.TryListen(HostAddresses.Of(host), number, out var result) is null;
        result.Close();
        return isFree;
    }

    private static PortUnavailableException NotEnded(InstanceRecord instance, string ports, string reason)
    {
        var process = string.Create(CultureInfo.InvariantCulture, $"{instance.Application} (pid {instance.ProcessId})");
        return new PortUnavailableException($"{PortRule.InstanceNotEnded.Id}: {PortRule.InstanceNotEnded.Format(process, ports, reason)}");
    }
}

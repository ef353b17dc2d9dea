using System.Net;
using Microsoft.Extensions.Logging;

namespace PortGen;

/// <summary>Every log message, with an event id that keeps its meaning.</summary>
internal static partial class PortLog
{
    [LoggerMessage(1, LogLevel.Warning, "Port {Port} of {Service} on {Host} is in use by {Holder}")]
    public static partial void PortInUse(this ILogger logger, string service, int port, string host, string holder);

    [LoggerMessage(2, LogLevel.Warning, "Port {Port} of {Service} on {Host} can't be bound: {Reason}")]
    public static partial void PortNotBindable(this ILogger logger, string service, int port, string host, string reason);

    [LoggerMessage(3, LogLevel.Warning, "{Service} falls back to port {Port} instead of {PreferredPort}")]
    public static partial void Fallback(this ILogger logger, string service, int port, int preferredPort);

    [LoggerMessage(4, LogLevel.Information, "{Service} holds port {Port} ({EndPoints})")]
    public static partial void Bound(this ILogger logger, string service, int port, string endPoints);

    [LoggerMessage(5, LogLevel.Information, "{Service} serves on port {Port}")]
    public static partial void Serving(this ILogger logger, string service, int port);

    [LoggerMessage(6, LogLevel.Information, "{Service} serves on port {Port}, outside on port {ExternalPort}")]
    public static partial void ServingExternally(this ILogger logger, string service, int port, int externalPort);

    [LoggerMessage(7, LogLevel.Information, "This machine has no {Address}: {Service} listens without it")]
    public static partial void AddressMissing(this ILogger logger, IPAddress address, string service);

    [LoggerMessage(8, LogLevel.Warning, "Optional {Service} is left out: {Reason}")]
    public static partial void LeftOut(this ILogger logger, string service, string reason);

    [LoggerMessage(9, LogLevel.Information, "Not every port is free yet; trying again for up to {Seconds} s")]
    public static partial void WaitingForPorts(this ILogger logger, double seconds);

    [LoggerMessage(10, LogLevel.Information, "{Service} has released port {Port}")]
    public static partial void Released(this ILogger logger, string service, int port);

    [LoggerMessage(11, LogLevel.Error, "{Service} failed to start")]
    public static partial void StartFailed(this ILogger logger, Exception exception, string service);

    [LoggerMessage(12, LogLevel.Warning, "{Service} did not stop cleanly; continuing without it")]
    public static partial void StopFailed(this ILogger logger, Exception exception, string service);

    [LoggerMessage(13, LogLevel.Critical, "{Service} failed; the application stops")]
    public static partial void ServiceFailed(this ILogger logger, Exception exception, string service);

    [LoggerMessage(14, LogLevel.Warning, "{Warning}")]
    public static partial void ConfigurationWarning(this ILogger logger, string warning);

    [LoggerMessage(16, LogLevel.Error, "A subscriber of PortRegistry.Changed failed at a change of port {Port}")]
    public static partial void SubscriberFailed(this ILogger logger, Exception exception, string port);

    [LoggerMessage(15, LogLevel.Information, "Draining for {Seconds} s before the services stop")]
    public static partial void Draining(this ILogger logger, double seconds);

    [LoggerMessage(17, LogLevel.Warning, "{Service} is still starting although its start was abandoned; it is stopped as soon as the start returns")]
    public static partial void StartAbandoned(this ILogger logger, string service);

    [LoggerMessage(18, LogLevel.Information, "{Service} has completed its work")]
    public static partial void ServiceCompleted(this ILogger logger, string service);

    [LoggerMessage(19, LogLevel.Error, "Optional {Service} failed; the application continues without it")]
    public static partial void OptionalServiceFailed(this ILogger logger, Exception exception, string service);

    [LoggerMessage(21, LogLevel.Error, "{Problem}")]
    public static partial void PortNotServed(this ILogger logger, string problem);

    [LoggerMessage(25, LogLevel.Warning, "Port {Port} of {Service} on {Host}, which was in use, is held by {Holder}")]
    public static partial void HolderFound(this ILogger logger, string service, int port, string host, string holder);

    [LoggerMessage(20, LogLevel.Debug, "{Port}: prefers {Preferred} ({PortSource}), range {Range} ({RangeSource}), on {Host} ({HostSource})")]
    public static partial void Planned(
        this ILogger logger, string port, int preferred, string portSource, string range, string rangeSource, string host, string hostSource);

    [LoggerMessage(22, LogLevel.Warning, "The ready file {Path} could not be {Change}: {Reason}")]
    public static partial void ReadyFileFailed(this ILogger logger, string path, string change, string reason);

    [LoggerMessage(EventId = 30, Message = "There is no instance file, so a force restart can't find or end this application's instances: {Reason}")]
    public static partial void InstanceFilesUnavailable(this ILogger logger, LogLevel level, string reason);

    [LoggerMessage(EventId = 31, Message = "Instance file {Path} is {Outcome}: {Reason}")]
    public static partial void InstanceFileIgnored(this ILogger logger, LogLevel level, string path, string outcome, string reason);

    [LoggerMessage(32, LogLevel.Information, "Ending the earlier instance, pid {ProcessId}, which holds {Ports}; waiting for it for up to {Seconds} s")]
    public static partial void EndingInstance(this ILogger logger, int processId, string ports, double seconds);

    [LoggerMessage(33, LogLevel.Warning, "The earlier instance, pid {ProcessId}, did not stop within {Seconds} s; killing it")]
    public static partial void KillingInstance(this ILogger logger, int processId, double seconds);

    [LoggerMessage(34, LogLevel.Information, "The earlier instance, pid {ProcessId}, has ended; {Ports} are free")]
    public static partial void InstanceEnded(this ILogger logger, int processId, string ports);

    [LoggerMessage(35, LogLevel.Warning, "Pid {ProcessId}, said to be an earlier instance that holds {Ports}, is left alone: {Reason}")]
    public static partial void InstanceNotProven(this ILogger logger, int processId, string ports, string reason);

    [LoggerMessage(36, LogLevel.Information, "No earlier instance of this application holds one of its ports; looked for {Application} in {Folders}")]
    public static partial void NothingToEnd(this ILogger logger, string application, string folders);

    [LoggerMessage(37, LogLevel.Warning, "The earlier instance, pid {ProcessId}, has ended, but not all of {Ports} are free")]
    public static partial void PortsStillInUse(this ILogger logger, int processId, string ports);

    [LoggerMessage(23, LogLevel.Information, "{Note}")]
    public static partial void ConfigurationNote(this ILogger logger, string note);

    [LoggerMessage(38, LogLevel.Information, "Other instances of this application keep running, because they hold no port that this start prefers: {Instances}")]
    public static partial void InstancesStay(this ILogger logger, string instances);

    [LoggerMessage(39, LogLevel.Information, "Another start with force restart ({Holder}) is under way; waiting for it for up to {Seconds} s")]
    public static partial void WaitingForRestart(this ILogger logger, string holder, double seconds);

    [LoggerMessage(40, LogLevel.Information, "A later start with force restart, pid {ProcessId}, has taken over; this start ends")]
    public static partial void GivingWay(this ILogger logger, int processId);

    [LoggerMessage(44, LogLevel.Information, "Asking the running instance, pid {ProcessId}, for its ports")]
    public static partial void AskingForPorts(this ILogger logger, int processId);

    [LoggerMessage(45, LogLevel.Information, "{Ports} taken over from pid {ProcessId}; it serves until this start is ready")]
    public static partial void PortsTakenOver(this ILogger logger, string ports, int processId);

    [LoggerMessage(46, LogLevel.Information, "This application has taken over from pid {ProcessId}, which ends once its last connection has closed")]
    public static partial void TakenOver(this ILogger logger, int processId);

    [LoggerMessage(47, LogLevel.Warning, "Pid {ProcessId} does not hand over its ports: {Reason}. Starting as usual; --force-restart would end it")]
    public static partial void NotHandedOver(this ILogger logger, int processId, string reason);

    [LoggerMessage(48, LogLevel.Information, "No running instance of this application to take over from; looked for {Application} in {Folders}")]
    public static partial void NobodyToTakeOverFrom(this ILogger logger, string application, string folders);

    [LoggerMessage(49, LogLevel.Information, "Pid {ProcessId} has ended before it could confirm; its ports are here")]
    public static partial void PredecessorEnded(this ILogger logger, int processId);

    [LoggerMessage(50, LogLevel.Information, "Handing over {Ports} to pid {ProcessId}; serving until it is ready")]
    public static partial void HandingOver(this ILogger logger, string ports, int processId);

    [LoggerMessage(51, LogLevel.Information, "Handed over to pid {ProcessId}; ending once the last connection has closed, after {Seconds} s at the latest")]
    public static partial void HandedOver(this ILogger logger, int processId, double seconds);

    [LoggerMessage(52, LogLevel.Warning, "Pid {ProcessId} did not take over: {Reason}. This application continues")]
    public static partial void HandOverGivenUp(this ILogger logger, int processId, string reason);

    [LoggerMessage(53, LogLevel.Information, "{Port} has its sockets from systemd (LISTEN_FDS): {Lease}")]
    public static partial void Activated(this ILogger logger, string port, string lease);

    [LoggerMessage(54, LogLevel.Warning, "{Remark}")]
    public static partial void ActivationRemark(this ILogger logger, string remark);

    [LoggerMessage(42, LogLevel.Error, "The application failed to start: {Reason}")]
    public static partial void ApplicationStartFailed(this ILogger logger, Exception exception, string reason);

    [LoggerMessage(43, LogLevel.Information, "The application was told to stop before its start had finished; everything was rolled back")]
    public static partial void StartGivenUp(this ILogger logger);

    [LoggerMessage(41, LogLevel.Warning, "Starts with force restart can't wait for each other, so two at the same moment may both stay: {Reason}")]
    public static partial void NoRestartLock(this ILogger logger, string reason);
}

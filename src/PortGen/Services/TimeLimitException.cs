namespace PortGen.Services;

/// <summary>A limit that PortGen sets has passed. Its message says everything: where it was thrown helps nobody.</summary>
internal sealed class TimeLimitException(string message) : TimeoutException(message);

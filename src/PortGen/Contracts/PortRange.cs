namespace PortGen;

// What is internal wherever src/Shared is linked is part of the runtime's public API.
public partial record struct PortRange;

namespace PortGen.Compiler.Tests.Architecture;

/// <summary>The rooms of a project of src, and which rooms each may use: the folder's name, <see cref="Root"/> for the files beside the project.</summary>
internal sealed record ProjectRooms
{
    /// <summary>The files that lie in no folder.</summary>
    public const string Root = "(root)";

    /// <summary>The room of everything of src/Shared, seen from a project that links it. Every room may use it.</summary>
    public const string Shared = "Shared";

    /// <summary>The only room that may call the operating system.</summary>
    public const string Platform = "Platform";

    /// <summary>Every project, by the name of its folder in src.</summary>
    public static readonly IReadOnlyDictionary<string, ProjectRooms> All = new Dictionary<string, ProjectRooms>
    {
        ["Shared"] = new()
        {
            Rooms = new()
            {
                ["Ports"] = [],
                ["Settings"] = ["Ports"],
                ["Rules"] = ["Ports", "Settings"],
                ["Configuration"] = ["Ports", "Settings", "Rules"],
                ["Declarations"] = ["Ports", "Settings", "Rules", "Configuration"],
                ["Metadata"] = ["Declarations"],
            },
        },
        ["PortGen.Compiler"] = new()
        {
            LinksShared = true,
            Rooms = new()
            {
                ["Model"] = [],
                ["Parsing"] = ["Model"],
                ["Emission"] = ["Model"],
                ["Rules"] = ["Model", "Parsing"],
                [Root] = ["Model", "Parsing", "Emission"],
            },
        },
        ["PortGen.CodeFixes"] = new() { Rooms = new() { [Root] = [] } },
        ["PortGen.Tasks"] = new() { LinksShared = true, Rooms = new() { [Root] = [] } },
        ["PortGen"] = new()
        {
            LinksShared = true,
            Rooms = new()
            {
                ["Contracts"] = [],
                [Platform] = [],
                ["Manifest"] = ["Contracts"],
                ["Registry"] = ["Contracts"],
                ["Configuration"] = ["Contracts", "Manifest", "Registry"],
                ["Binding"] = ["Contracts", Platform, "Registry", "Configuration"],
                ["Instances"] = ["Contracts", Platform, "Registry", "Configuration", "Binding"],
                ["Services"] = ["Contracts", Platform, "Manifest", "Registry", "Configuration", "Binding", "Instances"],
                ["Hosting"] = ["Contracts", Platform, "Manifest", "Registry", "Configuration", "Binding", "Instances", "Services"],
            },
        },
        ["PortGen.AspNetCore"] = new()
        {
            Rooms = new()
            {
                ["Transport"] = [],
                ["Status"] = [],
                ["Health"] = ["Status"],
                ["Page"] = ["Status"],
                ["Endpoints"] = ["Status", "Page"],
                ["Hosting"] = ["Transport", "Health"],
            },
        },
    };

    /// <summary>The rooms, each with those it may use.</summary>
    public required Dictionary<string, string[]> Rooms { get; init; }

    /// <summary>Whether the files of src/Shared are compiled into the project.</summary>
    public bool LinksShared { get; init; }
}
